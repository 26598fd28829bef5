import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { useEffect, useState } from "react";
import { actionOf, type BulkAction, jobsQuery } from "../api/bulk";
import { countsQuery, imagesQuery, listQuery, type Row, workspacesQuery } from "../api/instances";
import { useRowShortcuts } from "../app/shortcuts";
import { columns, type ListState, readList, writeList } from "../app/url";
import { sessionQuery } from "../app/frame";
import type { Known } from "../query/complete";
import { check, type Parameters } from "../query/compile";
import { toggled, valueOf, withValue } from "../query/edit";
import { QueryError } from "../query/scan";
import { useFormat, useText } from "../text";
import { Loading, Problem } from "../ui/states";
import { CreateLink } from "../ui/create-link";
import { useStatusName } from "../ui/status";
import { Title } from "../ui/title";
import { Bulk, BulkBar, commandFor } from "./list/bulk";
import { Columns } from "./list/columns";
import { Pager, pagesOf } from "./list/pager";
import { QueryBar, useQueryErrorText } from "./list/query-bar";
import { InstanceTable } from "./list/table";

const chips = ["Running", "Queuing", "Failed", "Stopped"];

/** The address is the state: what the list shows is read from there, and what people do changes it there. */
function useListState() {
  const navigate = useNavigate();
  const state = readList(useSearch({ strict: false }));
  const go = (to: Partial<ListState>, replace = false) => {
    // A new query has a first page of its own.
    const next = { ...state, ...(to.q !== undefined && to.q !== state.q ? { page: 1 } : {}), ...to };
    void navigate({ to: "/instances", search: writeList(next), replace, resetScroll: false });
  };
  return { state, go };
}

/** What is selected: rows by their ids, or all that the query matches. A new query begins anew. */
function useSelection(q: string, query: Parameters) {
  const [of, setOf] = useState({ q, ids: new Set<string>(), all: false });
  const now = of.q === q ? of : { q, ids: new Set<string>(), all: false };
  const set = (rows: Row[], on: boolean) => {
    const ids = new Set(now.ids);
    for (const { InstanceId: id = "" } of rows) {
      if (on) ids.add(id);
      else ids.delete(id);
    }
    setOf({ q, ids, all: false });
  };
  return {
    has: (id: string) => now.all || now.ids.has(id),
    set,
    all: now.all,
    ids: now.all ? [] : [...now.ids],
    count: now.ids.size,
    selectAll: () => setOf({ ...now, all: true }),
    only: (ids: string[]) => setOf({ q, ids: new Set(ids), all: false }),
    clear: () => setOf({ q, ids: new Set(), all: false }),
    query: now.all ? query : new Map([["InstanceId", [...now.ids].join(",")]]),
  };
}

/** Names that the server has, for the query to be completed with. Without them it is typed. */
function useKnown(): Known {
  const workspaces = useQuery({ ...workspacesQuery, staleTime: 60_000 });
  const images = useQuery({ ...imagesQuery, staleTime: 60_000 });
  const { data: signedIn } = useQuery(sessionQuery);
  return {
    workspace: (workspaces.data ?? []).map((one) => one.WorkspaceName ?? ""),
    image: (images.data ?? []).map((one) => one.Name ?? ""),
    owner: signedIn?.session ? [signedIn.session.UserName] : [],
  };
}

export function Instances() {
  const t = useText();
  const explain = useQueryErrorText();
  const queries = useQueryClient();
  const { state, go } = useListState();
  const checked = check(state.q);
  const parameters = "parameters" in checked ? checked.parameters : new Map<string, string>();
  const list = useQuery({ ...listQuery(parameters, state), enabled: "parameters" in checked });
  const counts = useQuery({ ...countsQuery(parameters), enabled: "parameters" in checked });
  const known = useKnown();
  const { data, error } = list;
  const selection = useSelection(state.q, parameters);
  const [bulk, setBulk] = useState<{ action: BulkAction; job?: string }>();
  const jobs = useQuery(jobsQuery);
  const navigate = useNavigate();
  useRowShortcuts((id, tab) => void navigate({ to: "/instances/$id/$tab", params: { id, tab } }));
  const pages = data ? pagesOf(data.total, state.size) : undefined;
  // Rows went away since the link was made: the last page there is.
  useEffect(() => {
    if (pages && !list.isPlaceholderData && state.page > pages) go({ page: pages }, true);
  });

  return (
    <>
      <Title extra={<CreateLink />}>{t("list.title")}</Title>
      <QueryBar value={state.q} onChange={(q, replace) => go({ q }, replace)} known={known} />
      <StatusChips q={state.q} counts={"parameters" in checked ? counts.data : undefined} onChange={(q) => go({ q })} />
      {error instanceof QueryError ? (
        <p role="alert" className="problem">
          {explain(error, state.q)}
        </p>
      ) : error ? (
        <Problem error={error} retry={() => void list.refetch()} {...(data ? { since: list.dataUpdatedAt } : {})} />
      ) : null}
      {!data && !error && "parameters" in checked && <Loading />}
      {data && (
        <>
          <p className="count" role="status">
            {t("list.count", { count: data.total })} <span className="quiet">· {t("list.took", { ms: data.ms })}</span>
          </p>
          {(selection.count > 0 || selection.all) && (
            <BulkBar
              selected={selection.count}
              total={data.total}
              all={selection.all}
              selectAll={selection.selectAll}
              clear={selection.clear}
              start={(action) => setBulk({ action })}
            />
          )}
          {!bulk &&
            jobs.data?.map(({ BulkJobId: job, Action: action, TotalCount: count }) => (
              <p key={job} className="note">
                {t("bulk.runs", { action: t(`bulk.title.${actionOf(action)}`), count })}{" "}
                <button type="button" className="plain link" onClick={() => setBulk({ action: actionOf(action), job })}>
                  {t("bulk.show")}
                </button>
              </p>
            ))}
          {bulk && (
            <Bulk
              {...bulk}
              command={commandFor(bulk.action, state.q, selection.ids)}
              query={selection.query}
              close={(acted) => {
                setBulk(undefined);
                void queries.invalidateQueries({ queryKey: jobsQuery.queryKey });
                if (acted) selection.clear();
              }}
              select={(ids) => {
                setBulk(undefined);
                selection.only(ids);
              }}
            />
          )}
          {data.total === 0 ? (
            <Nothing q={state.q} clear={() => go({ q: "" })} />
          ) : (
            <InstanceTable
              cols={state.cols ?? columns}
              rows={data.rows}
              total={data.total}
              first={(state.page - 1) * state.size + 1}
              q={state.q}
              old={list.isPlaceholderData || !!error}
              sortBy={(order) => go({ q: withValue(state.q, "sort", ":", order) })}
              selection={selection}
            />
          )}
          <Columns shown={state.cols ?? columns} choose={(cols) => go({ cols }, true)} />
          <Pager
            state={state}
            total={data.total}
            go={go}
            prefetch={(page) => void queries.prefetchQuery(listQuery(parameters, { ...state, page }))}
          />
        </>
      )}
    </>
  );
}

interface ChipsProps {
  q: string;
  counts: Record<string, number> | undefined;
  onChange: (q: string) => void;
}

function StatusChips({ q, counts, onChange }: ChipsProps) {
  const t = useText();
  const format = useFormat();
  const name = useStatusName();
  const on = valueOf(q, "status").toLowerCase().split(",");
  return (
    <div className="chips" role="group" aria-label={t("list.filter")}>
      {chips.map((status) => {
        const pressed = on.includes(status.toLowerCase());
        return (
          <Button
            key={status}
            size="small"
            shape="round"
            type={pressed ? "primary" : "default"}
            aria-pressed={pressed}
            onClick={() => onChange(toggled(q, "status", status))}
          >
            {name(status)}{" "}
            {counts?.[status] !== undefined && <span className="quiet">{format.number(counts[status])}</span>}
          </Button>
        );
      })}
    </div>
  );
}

function Nothing({ q, clear }: { q: string; clear: () => void }) {
  const t = useText();
  if (q.trim() === "")
    return (
      <div className="empty">
        <p>
          {t("list.noneAtAll")} {t("list.sight")}
        </p>
        <CreateLink />
      </div>
    );
  return (
    <div className="empty">
      <p>
        {t("list.none")} {t("list.sight")}
      </p>
      <Button onClick={clear}>{t("list.clear")}</Button>
    </div>
  );
}
