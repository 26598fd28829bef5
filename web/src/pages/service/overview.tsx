import { useQuery } from "@tanstack/react-query";
import { type Replica, type Service, useServiceQueries } from "../../api/services";
import { useText } from "../../text";
import { Loading, Problem } from "../../ui/states";
import { StatusTag } from "../../ui/status";
import { Time } from "../../ui/time";
import { Calling } from "./calling";

export function Overview({ service }: { service: Service }) {
  const name = service.ServiceName ?? "";
  return (
    <>
      <Diagnosis name={name} />
      <Replicas name={name} />
      <Calling service={service} />
    </>
  );
}

/** What is wrong, why, and what to do; nothing where all is well. */
function Diagnosis({ name }: { name: string }) {
  const { data = [] } = useQuery(useServiceQueries(name).diagnosis);
  return data.map((one) => (
    <div key={one.Error} className="problem">
      <strong>{one.Error}</strong>
      {one.Causes?.map((cause) => (
        <p key={cause}>{cause}</p>
      ))}
      <ul>
        {one.Advices?.map((advice) => (
          <li key={advice}>{advice}</li>
        ))}
      </ul>
    </div>
  ));
}

function Replicas({ name }: { name: string }) {
  const t = useText();
  const { data, error, refetch } = useQuery(useServiceQueries(name).replicas);
  const columns = ["name", "status", "restarts", "created", "last"] as const;
  return (
    <section aria-labelledby="replicas">
      <h2 id="replicas">{t("services.column.instances")}</h2>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && data.total === 0 && <p>{t("services.noInstances")}</p>}
      {data && data.total > 0 && (
        <div className="table-frame" tabIndex={0} role="group" aria-label={t("services.column.instances")}>
          <table>
            <caption className="unseen">{t("services.column.instances")}</caption>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column} scope="col">
                    {t(`services.column.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.rows.map((row) => (
                <ReplicaRow key={row.InstanceName} row={row} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function ReplicaRow({ row }: { row: Replica }) {
  const t = useText();
  const last = row.LastState?.[0];
  return (
    <tr>
      <th scope="row">
        <code>{row.InstanceName}</code>
      </th>
      <td>
        <StatusTag status={row.Status} />
        {row.Reason && row.Reason.toLowerCase() !== row.Status?.toLowerCase() && (
          <span className="reason">{row.Reason}</span>
        )}
      </td>
      <td>{row.RestartCount}</td>
      <td>
        <Time at={row.CreateTime} relative />
      </td>
      <td>
        {last && (
          <>
            <code>{last.Reason}</code>{" "}
            {last.Signal != null
              ? t("services.signal", { number: last.Signal })
              : last.ExitCode != null
                ? t("services.exit", { code: last.ExitCode })
                : ""}{" "}
            <Time at={last.FinishedAt} relative />
            {last.Message && <span className="reason">{last.Message}</span>}
          </>
        )}
      </td>
    </tr>
  );
}
