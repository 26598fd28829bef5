import { useQuery } from "@tanstack/react-query";
import { sessionsQuery } from "../../api/account";
import { useText } from "../../text";
import { Asked } from "../../ui/ask";
import { Sessions } from "./sessions";

/** Of everybody. */
export function AllSessions() {
  const t = useText();
  const query = useQuery(sessionsQuery("ALL"));
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions">{t("admin.sessions")}</h2>
      <Asked query={query}>
        {({ Sessions: rows = [], TotalCount: total = 0 }) => (
          <>
            <Sessions rows={rows} owners />
            {total > rows.length && <p className="quiet">{t("sessions.newest", { count: rows.length, total })}</p>}
          </>
        )}
      </Asked>
    </section>
  );
}
