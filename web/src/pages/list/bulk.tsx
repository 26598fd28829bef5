import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect, useRef, useState } from "react";
import { type BulkAction, type Match, type Plan, plan, type Progress, run } from "../../api/bulk";
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
  close: (acted: boolean) => void;
}

/** First what would happen, counted on the server; then what does; then what did. */
export function Bulk({ action, command, query, close }: Props) {
  const t = useText();
  const queries = useQueryClient();
  const [progress, setProgress] = useState<Progress>();
  const [state, setState] = useState<"plan" | "runs" | "ended">("plan");
  const [broken, setBroken] = useState<Error>();
  const stop = useRef<AbortController>(null);
  const planned = useQuery({
    queryKey: ["bulk", action, [...query]],
    queryFn: ({ signal }) => plan(action, query, signal),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
    retry: false,
  });
  useEffect(() => () => stop.current?.abort(), []);

  const start = async (targets: Match[]) => {
    stop.current = new AbortController();
    setState("runs");
    try {
      await run(action, query, targets, stop.current.signal, setProgress);
    } catch (error) {
      setBroken(error as Error);
    }
    setState("ended");
    await queries.invalidateQueries({ queryKey: ["ListInstances"] });
  };
  const data = planned.data;
  return (
    <Dialog title={t(`bulk.title.${action}`)} close={() => close(state !== "plan")}>
      {planned.error && <Problem error={planned.error} retry={() => void planned.refetch()} />}
      {!data && !planned.error && <Loading />}
      {data && state === "plan" && (
        <Confirm
          word={action === "delete" || data.act.length > many ? String(data.act.length) : ""}
          label={t("bulk.type", { count: data.act.length })}
          button={t(`bulk.do.${action}`, { count: data.act.length })}
          danger={action !== "start"}
          busy={false}
          off={data.act.length === 0}
          cancel={() => close(false)}
          run={() => void start(data.act)}
        >
          <PlanText action={action} plan={data} />
          <details>
            <summary>{t("raw.command")}</summary>
            <pre tabIndex={0} role="group" aria-label={t("raw.command")}>
              {command}
            </pre>
          </details>
        </Confirm>
      )}
      {data && state !== "plan" && <Run total={data.act.length} progress={progress} over={state === "ended"} />}
      {broken && <Problem error={broken} />}
      {state !== "plan" && (
        <footer>
          {state === "runs" ? (
            <Button onClick={() => stop.current?.abort()}>{t("bulk.halt")}</Button>
          ) : (
            <Button type="primary" onClick={() => close(true)}>
              {t("action.close")}
            </Button>
          )}
        </footer>
      )}
    </Dialog>
  );
}

const names = 10;

function Names({ of }: { of: Match[] }) {
  const t = useText();
  const rest = of.length - names;
  return (
    <p className="quiet names">
      {of
        .slice(0, names)
        .map(({ name }) => name)
        .join(", ")}{" "}
      {rest > 0 && t("bulk.andMore", { count: rest })}
    </p>
  );
}

function PlanText({ action, plan: { act, skip, more } }: { action: BulkAction; plan: Plan }) {
  const t = useText();
  const name = useStatusName();
  const states = new Map<string, number>();
  for (const { status } of skip) states.set(status, (states.get(status) ?? 0) + 1);
  return (
    <>
      <p>{t(`bulk.will.${action}`, { count: act.length })}</p>
      {act.length > 0 && <Names of={act} />}
      {skip.length > 0 && (
        <>
          <p>
            {t("bulk.skip", { count: skip.length })}{" "}
            <span className="quiet">
              ({[...states].map(([status, count]) => t("bulk.inState", { status: name(status), count })).join(", ")})
            </span>
          </p>
          <Names of={skip} />
        </>
      )}
      {more > 0 && <p className="note">{t("bulk.beyond", { count: more })}</p>}
      {action === "delete" && <p className="note">{t("delete.what")}</p>}
    </>
  );
}

function Run({ total, progress, over }: { total: number; progress: Progress | undefined; over: boolean }) {
  const t = useText();
  const failed = [...(progress?.failed ?? [])];
  const failures = failed.reduce((sum, [, those]) => sum + those.length, 0);
  const done = progress?.done ?? 0;
  const skipped = progress?.skipped ?? 0;
  const left = total - done - skipped - failures;
  return (
    <>
      <progress max={total} value={total - left} aria-label={t("bulk.progress")} />
      <ul className="plain-list" role="status">
        <li>{t("bulk.done", { count: done, total })}</li>
        {skipped > 0 && <li>{t("bulk.left", { count: skipped })}</li>}
        {over && left > 0 && <li>{t("bulk.halted", { count: left })}</li>}
      </ul>
      {failed.map(([why, those]) => (
        <div key={why} className="problem">
          <strong>{t("bulk.failed", { count: those.length })}</strong> {why}
          <Names of={those} />
        </div>
      ))}
    </>
  );
}
