import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Page, listQuery, type Row } from "../api/instances";
import { servicesQuery } from "../api/services";
import { sessionQuery } from "../app/frame";
import { useFormat, useText } from "../text";
import { Actions } from "../ui/actions";
import { Asked } from "../ui/ask";
import { CreateLink } from "../ui/create-link";
import { Problem } from "../ui/states";
import { StatusTag } from "../ui/status";
import { Time } from "../ui/time";
import { Title } from "../ui/title";

const shown = 12;

export function Home() {
  const t = useText();
  const { data: signedIn } = useQuery(sessionQuery);
  const session = signedIn?.session;
  const mine = new Map([
    ["CreateUserId", session?.UserId ?? ""],
    ["SortBy", "GmtModifiedTime"],
  ]);
  const query = useQuery({ ...listQuery(mine, { page: 1, size: shown }), enabled: !!session });
  return (
    <>
      <Title extra={query.data?.total ? <CreateLink /> : undefined}>
        {t("home.hello", { name: session?.DisplayName || session?.UserName || "" })}
      </Title>
      <section aria-labelledby="mine">
        <h2 id="mine">{t("home.title")}</h2>
        <Asked query={query}>{(page) => <Cards page={page} owner={session?.UserId ?? ""} />}</Asked>
      </section>
      {session && <MyServices owner={session.UserId} />}
    </>
  );
}

/** Nothing for who has none: notebooks come first. */
function MyServices({ owner }: { owner: string }) {
  const t = useText();
  const { data, error, refetch } = useQuery(servicesQuery({ owner, q: "", status: "", page: 1, size: shown }));
  if (!error && !data?.total) return null;
  return (
    <section aria-labelledby="services">
      <h2 id="services">{t("home.services")}</h2>
      {error && <Problem error={error} retry={() => void refetch()} />}
      <ul className="cards">
        {data?.rows.map((row) => (
          <li key={row.ServiceUid} className="card">
            <h3>
              <Link to="/services/$name/$tab" params={{ name: row.ServiceName ?? "", tab: "overview" }}>
                {row.ServiceName}
              </Link>
            </h3>
            <p>
              <StatusTag status={row.Status} />{" "}
              {t("services.ready", { ready: row.RunningInstance ?? 0, total: row.TotalInstance ?? 0 })}
            </p>
            {row.Status !== "Running" && row.Message && <p className="reason">{row.Message}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Cards({ page, owner }: { page: Page; owner: string }) {
  const t = useText();
  if (page.total === 0)
    return (
      <div className="empty">
        <p>{t("home.none")}</p>
        <CreateLink />
      </div>
    );
  return (
    <>
      <ul className="cards">
        {page.rows.map((row) => (
          <Card key={row.InstanceId} row={row} />
        ))}
      </ul>
      {page.total > page.rows.length && (
        <p>
          <Link to="/instances" search={{ q: `owner:${owner}` }}>
            {t("home.all", { count: page.total })}
          </Link>
        </p>
      )}
    </>
  );
}

function Card({ row }: { row: Row }) {
  const t = useText();
  const format = useFormat();
  const culler = row.IdleInstanceCuller;
  return (
    <li className="card">
      <h3>
        <Link to="/instances/$id/$tab" params={{ id: row.InstanceId ?? "", tab: "overview" }}>
          {row.InstanceName}
        </Link>
      </h3>
      <p>
        <StatusTag status={row.Status} /> <Time at={row.GmtModifiedTime} relative />
      </p>
      {row.ReasonMessage && <p className="reason">{row.ReasonMessage}</p>}
      {row.InstanceShutdownTimer?.DueTime && (
        <p className="quiet">
          {t("instance.timer", {
            time: format.dateTime(Date.parse(row.InstanceShutdownTimer.DueTime), {
              dateStyle: "short",
              timeStyle: "short",
            }),
          })}
        </p>
      )}
      {culler && (
        <p className="quiet">
          {t("instance.idle", { max: culler.MaxIdleTimeInMinutes ?? 0, idle: culler.IdleTimeInMinutes ?? 0 })}
        </p>
      )}
      <Actions instance={row} />
    </li>
  );
}
