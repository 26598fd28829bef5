import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { pageSize, recommendersQuery, type Row } from "../api/recommenders";
import { useText } from "../text";
import { Asked } from "../ui/ask";
import { StatusTag } from "../ui/status";
import { Table } from "../ui/table";
import { Time } from "../ui/time";
import { Title } from "../ui/title";

/** The address has the part of the name that is looked for, and the page. */
export function Recommenders() {
  const t = useText();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { q?: string; page?: string };
  const q = search.q ?? "";
  const page = /^[1-9]\d{0,5}$/.test(search.page ?? "") ? Number(search.page) : 1;
  const query = useQuery(recommendersQuery(q, page));
  const go = (to: { q?: string; page?: number }, replace = false) => {
    const next = { q: to.q ?? q, page: to.page && to.page > 1 ? String(to.page) : "" };
    void navigate({ to: "/recommenders", search: next, replace, resetScroll: false });
  };
  const columns = [
    {
      head: t("list.column.name"),
      cell: (row: Row) => (
        <>
          <Link to="/recommenders/$id" params={{ id: row.instanceId ?? "" }}>
            {row.name || row.instanceId}
          </Link>
          <span className="id">{row.instanceId}</span>
        </>
      ),
    },
    { head: t("list.column.status"), cell: (row: Row) => <StatusTag status={row.status} /> },
    { head: t("recommenders.version"), cell: (row: Row) => row.dataSetVersion || "–" },
    { head: t("recommenders.industry"), cell: (row: Row) => row.industry || "–" },
    { head: t("recommenders.lock"), cell: (row: Row) => row.lockMode },
    { head: t("recommenders.expires"), cell: (row: Row) => <Time at={row.expiredTime} /> },
  ];
  return (
    <>
      <Title>{t("app.recommenders")}</Title>
      <div className="tools">
        <input
          className="input find"
          value={q}
          maxLength={100}
          placeholder={t("services.find")}
          aria-label={t("services.find")}
          onChange={(event) => go({ q: event.target.value }, q !== "")}
        />
      </div>
      <Asked query={query}>
        {(rows) => (
          <>
            {rows.length === 0 ? (
              <Nothing filtered={q !== "" || page > 1} clear={() => go({ q: "" })} />
            ) : (
              <Table
                caption={t("app.recommenders")}
                columns={columns}
                rows={rows}
                keyOf={(row) => row.instanceId ?? ""}
                old={query.isPlaceholderData}
              />
            )}
            {(page > 1 || rows.length === pageSize) && (
              <nav className="pager" aria-label={t("list.pages")}>
                <Button disabled={page === 1} onClick={() => go({ page: page - 1 })}>
                  {t("list.previous")}
                </Button>
                <Button disabled={rows.length < pageSize} onClick={() => go({ page: page + 1 })}>
                  {t("list.next")}
                </Button>
              </nav>
            )}
          </>
        )}
      </Asked>
    </>
  );
}

function Nothing({ filtered, clear }: { filtered: boolean; clear: () => void }) {
  const t = useText();
  if (filtered)
    return (
      <div className="empty">
        <p>{t("recommenders.none")}</p>
        <Button onClick={clear}>{t("services.clear")}</Button>
      </div>
    );
  return (
    <div className="empty">
      <p>{t("recommenders.noneAtAll")}</p>
      <pre>atelier recommender create shop</pre>
    </div>
  );
}
