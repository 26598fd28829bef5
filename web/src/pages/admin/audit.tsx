import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import type { FormEvent } from "react";
import type { AuditRecord } from "../../api/account";
import { call } from "../../api/client";
import { useText } from "../../text";
import { download } from "../../ui/copy";
import { Loading, Problem } from "../../ui/states";
import { Table } from "../../ui/table";
import { Time } from "../../ui/time";

const filters = ["Principal", "Operation", "Target"] as const;
type Filter = Partial<Record<(typeof filters)[number], string>>;

/** Who changed what, and when. The address has what is looked for. */
export function Audit() {
  const t = useText();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const asked: Filter = Object.fromEntries(
    filters.flatMap((one) => (search[one.toLowerCase()] ? [[one, search[one.toLowerCase()]]] : [])),
  );
  const query = useInfiniteQuery({
    queryKey: ["ListAuditRecords", asked],
    queryFn: ({ signal, pageParam }) =>
      call("ListAuditRecords", { ...asked, ...(pageParam ? { NextToken: pageParam } : {}) }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.NextToken || undefined,
  });
  const rows = (query.data?.pages ?? []).flatMap((page) => page.AuditRecords ?? []);
  const look = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const next = Object.fromEntries(filters.map((one) => [one.toLowerCase(), String(typed.get(one)).trim()]));
    void navigate({ to: "/admin/$tab", params: { tab: "audit" }, search: next });
  };
  return (
    <section aria-labelledby="audit">
      <h2 id="audit">{t("admin.audit")}</h2>
      <form key={JSON.stringify(asked)} className="tools" onSubmit={look}>
        {filters.map((one) => (
          <label key={one} className="field">
            {t(`audit.${one}`)}
            <input className="input" name={one} defaultValue={asked[one] ?? ""} maxLength={200} spellCheck={false} />
          </label>
        ))}
        <Button htmlType="submit">{t("audit.look")}</Button>
        <Button disabled={rows.length === 0} onClick={() => download("audit.jsonl", rows.map(lineOf).join(""))}>
          {t("audit.export")}
        </Button>
      </form>
      {query.error && <Problem error={query.error} retry={() => void query.refetch()} />}
      {!query.data && !query.error && <Loading />}
      {query.data &&
        (rows.length === 0 && !query.hasNextPage ? (
          <p>{t("audit.none")}</p>
        ) : (
          <Table caption={t("admin.audit")} columns={columnsOf(t)} rows={rows} keyOf={keyOf} />
        ))}
      {query.hasNextPage && (
        <p>
          <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t("audit.older")}
          </Button>
        </p>
      )}
    </section>
  );
}

const lineOf = (row: AuditRecord) => `${JSON.stringify(row)}\n`;
const keyOf = (row: AuditRecord) => `${row.Time} ${row.RequestId} ${row.Operation} ${row.Target}`;

const columnsOf = (t: ReturnType<typeof useText>) => [
  { head: t("instance.time"), cell: (row: AuditRecord) => <Time at={row.Time} /> },
  { head: t("audit.Principal"), cell: (row: AuditRecord) => <code>{row.Principal}</code> },
  { head: t("audit.Operation"), cell: (row: AuditRecord) => row.Operation },
  { head: t("audit.Target"), cell: (row: AuditRecord) => <code className="breaks">{row.Target}</code> },
  { head: t("sessions.address"), cell: (row: AuditRecord) => row.SourceIp },
  { head: t("error.request"), cell: (row: AuditRecord) => <code className="whole">{row.RequestId}</code> },
];
