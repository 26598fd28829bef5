import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect, useState } from "react";
import { begin, type BulkAction, halt, isOver, type Job, jobQuery, type Plan, plan, type Share } from "../../api/bulk";
import { without } from "../../query/edit";
import type { Parameters } from "../../query/compile";
import { useText } from "../../text";
import { Confirm } from "../../ui/delete";
import { Dialog } from "../../ui/dialog";
import { Loading, Problem } from "../../ui/states";
import { useStatusName } from "../../ui/status";

const actions: BulkAction[] = ["stop", "start", "delete"];
/** From so many on the number has to be typed, as for whatever is deleted. */
const many = 20;

interface BarProps {
  selected: number;
  total: number; // that match the query
  all: boolean; // the query is what is selected
  selectAll: () => void;
  clear: () => void;
  start: (action: BulkAction) => void;
}

/** What is selected, and what can be done to it. */
export function BulkBar({ selected, total, all, selectAll, clear, start }: BarProps) {
  const t = useText();
  return (
    <div className="bulk" role="region" aria-label={t("bulk.bar")}>
      <strong role="status">{all ? t("bulk.all", { count: total }) : t("bulk.selected", { count: selected })}</strong>
      {!all && total > selected && (
        <button type="button" className="plain link" onClick={selectAll}>
          {t("bulk.selectAll", { count: total })}
        </button>
      )}
      <button type="button" className="plain link" onClick={clear}>
        {t("bulk.clear")}
      </button>
      <span className="actions">
        {actions.map((action) => (
          <Button key={action} size="small" danger={action === "delete"} onClick={() => start(action)}>
            {t(`action.${action}`)}…
          </Button>
        ))}
      </span>
    </div>
  );
}

/** What the command line does the same with. */
export function commandFor(action: BulkAction, q: string, ids: readonly string[]): string {
  const inShell = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const which = ids.length > 0 ? `id:${ids.join(",")}` : without(q, "sort") || "created>=1970-01-01";
  return `atelier instance ${action} --query ${inShell(which)} --dry-run`;
}

interface Props {
  action: BulkAction;
  command: string; // of the command line, for the same
  /** What is meant: all that match it, now and when each is acted on. */
  query: Parameters;
  job?: string; // one that runs already
  close: (acted: boolean) => void;
  select: (ids: string[]) => void; // instead of what is selected
}

/** First what would happen, as the server says; then how far it is; then what did. */
export function Bulk({ action, command, query, job: running, close, select }: Props) {
  const t = useText();
  const queries = useQueryClient();
  const [token] = useState(() => crypto.randomUUID());
  const planned = useQuery({
    queryKey: ["bulk", action, [...query]],
    queryFn: ({ signal }) => plan(action, query, signal),
    enabled: !running,
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const start = useMutation({ mutationFn: (data: Plan) => begin(action, data, token) });
  const stop = useMutation({ mutationFn: halt });
  const id = running ?? start.data ?? "";
  const { data: job, error } = useQuery({ ...jobQuery(id), enabled: id !== "" });
  const over = isOver(job);
  useEffect(() => {
    if (!over) return;
    void queries.invalidateQueries({ queryKey: ["ListInstances"] });
    void queries.invalidateQueries({ queryKey: ["ListBulkJobs"] });
  }, [over, queries]);

  const data = planned.data;
  return (
    <Dialog title={t(`bulk.title.${action}`)} close={() => close(id !== "")}>
      {planned.error && <Problem error={planned.error} retry={() => void planned.refetch()} />}
      {((!data && !planned.error && !running) || (id !== "" && !job && !error)) && <Loading />}
      {data && id === "" && (
        <Confirm
          word={action === "delete" || data.act > many ? String(data.act) : ""}
          label={t("bulk.type", { count: data.act })}
          button={t(`bulk.do.${action}`, { count: data.act })}
          danger={action !== "start"}
          busy={start.isPending}
          off={data.act === 0}
          cancel={() => close(false)}
          run={() => start.mutate(data)}
        >
          <PlanText action={action} plan={data} />
          {start.error && <Problem error={start.error} />}
          <details>
            <summary>{t("raw.command")}</summary>
            <pre tabIndex={0} role="group" aria-label={t("raw.command")}>
              {command}
            </pre>
          </details>
        </Confirm>
      )}
      {job && <Run job={job} over={over} select={select} />}
      {error && <Problem error={error} />}
      {stop.error && <Problem error={stop.error} />}
      {id !== "" && (
        <footer>
          {!over && (
            <Button loading={stop.isPending} onClick={() => stop.mutate(id)}>
              {t("bulk.halt")}
            </Button>
          )}
          <Button type={over ? "primary" : "default"} onClick={() => close(true)}>
            {t("action.close")}
          </Button>
        </footer>
      )}
    </Dialog>
  );
}

function Names({ of }: { of: Share }) {
  const t = useText();
  const shown = of.Instances ?? [];
  const rest = of.Count - shown.length;
  return (
    <p className="quiet names">
      {shown.map(({ InstanceName: name }) => name).join(", ")} {rest > 0 && t("bulk.andMore", { count: rest })}
    </p>
  );
}

const gates = ["Ram", "Workspace", "State"] as const;

function PlanText({ action, plan: { act, dry } }: { action: BulkAction; plan: Plan }) {
  const t = useText();
  const name = useStatusName();
  const shares = dry.Shares ?? [];
  const acts = shares.find(({ Outcome: outcome }) => outcome === "Act");
  const states = Object.entries(dry.Counts ?? {}).map(([status, count]) =>
    t("bulk.inState", { status: name(status), count }),
  );
  return (
    <>
      <p>
        {t("bulk.matches", { count: dry.TotalCount })} <span className="quiet">({states.join(", ")})</span>
      </p>
      <p>{t(`bulk.will.${action}`, { count: act })}</p>
      {acts && <Names of={acts} />}
      {shares
        .filter(({ Outcome: outcome }) => outcome === "Skip")
        .map((share) => (
          <div key={share.Reason}>
            <p>{t("bulk.skip", { count: share.Count })}</p>
            <Names of={share} />
          </div>
        ))}
      {shares
        .filter(({ Outcome: outcome }) => outcome === "Refuse")
        .map((share) => (
          <div key={share.Reason} className="problem">
            <strong>{t("bulk.refused", { count: share.Count })}</strong>{" "}
            {t(`bulk.gate.${gates.find((gate) => gate === share.Reason) ?? "State"}`)}
            <Names of={share} />
          </div>
        ))}
      {action === "delete" && <p className="note">{t("delete.what")}</p>}
    </>
  );
}

function Run({ job, over, select }: { job: Job; over: boolean; select: (ids: string[]) => void }) {
  const t = useText();
  const { TotalCount: total = 0, Done: done, Skipped: skipped = 0, Failed: failed = 0, Left: left = 0 } = job;
  const ids = (job.Failures ?? []).flatMap((failure) => failure.InstanceIds ?? []);
  return (
    <>
      <progress max={total} value={done === undefined ? undefined : total - left} aria-label={t("bulk.progress")} />
      <div role="status">
        {done !== undefined && <p>{t("bulk.done", { count: done, total })}</p>}
        {skipped > 0 && <p>{t("bulk.left", { count: skipped })}</p>}
        {over && left > 0 && <p>{t("bulk.halted", { count: left })}</p>}
      </div>
      {!over && <p className="quiet">{t("bulk.goesOn")}</p>}
      {(job.Failures ?? []).map((failure) => (
        <div key={`${failure.Code} ${failure.Message}`} className="problem">
          <strong>{t("bulk.failed", { count: failure.Count })}</strong> {failure.Message}
          <p className="quiet names">{(failure.InstanceIds ?? []).slice(0, 10).join(", ")}</p>
        </div>
      ))}
      {over && failed > 0 && ids.length > 0 && (
        <Button onClick={() => select(ids)}>{t("bulk.selectFailed", { count: ids.length })}</Button>
      )}
    </>
  );
}
