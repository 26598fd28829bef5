import { type Session, useChange } from "../../api/account";
import { change } from "../../api/client";
import { useText } from "../../text";
import { Table } from "../../ui/table";
import { Time } from "../../ui/time";
import { MayButton } from "../../ui/may-button";

/** Browsers that are signed in, and the end of each. */
export function Sessions({ rows, owners = false }: { rows: Session[]; owners?: boolean }) {
  const t = useText();
  const end = useChange((id: string) => change("DeleteSession", { SessionId: id }), {
    again: ["ListSessions", "session"],
    what: () => t("sessions.end"),
    said: () => t("sessions.ended"),
  });
  if (rows.length === 0) return <p>{t("sessions.none")}</p>;
  const columns = [
    {
      head: t("sessions.browser"),
      cell: (row: Session) => (
        <>
          <span className="breaks">{row.UserAgent || "–"}</span> {row.Current && <strong>{t("sessions.this")}</strong>}
        </>
      ),
    },
    ...(owners ? [{ head: t("list.column.owner"), cell: (row: Session) => row.UserName }] : []),
    { head: t("sessions.address"), cell: (row: Session) => `${row.SourceIp} · ${row.Method}` },
    { head: t("sessions.made"), cell: (row: Session) => <Time at={row.GmtCreateTime} /> },
    { head: t("sessions.used"), cell: (row: Session) => <Time at={row.LastUsedTime} relative /> },
    { head: t("sessions.ends"), cell: (row: Session) => <Time at={row.ExpiresAt} /> },
    {
      head: t("list.column.actions"),
      cell: ({ SessionId: id = "", UserAgent: agent }: Session) => (
        <MayButton
          may={["atelier:DeleteSession", id]}
          size="small"
          danger
          loading={end.isPending && end.variables === id}
          aria-label={t("sessions.endNamed", { name: agent ?? "" })}
          onClick={() => end.mutate(id)}
        >
          {t("sessions.end")}
        </MayButton>
      ),
    },
  ];
  return <Table caption={t("sessions.title")} columns={columns} rows={rows} keyOf={(row) => row.SessionId ?? ""} />;
}
