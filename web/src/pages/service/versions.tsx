import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Service, useServiceAction, useServiceQueries, type Version } from "../../api/services";
import { useText } from "../../text";
import { Confirm } from "../../ui/delete";
import { Dialog } from "../../ui/dialog";
import { Loading, Problem } from "../../ui/states";
import { Time } from "../../ui/time";
import { diff, linesOf } from "./diff";
import { Difference } from "./difference";
import { MayButton } from "../../ui/may-button";

/** The configurations that are kept, and the way back to each. */
export function Versions({ service }: { service: Service }) {
  const t = useText();
  const name = service.ServiceName ?? "";
  const { data, error, refetch } = useQuery(useServiceQueries(name).versions);
  const [target, setTarget] = useState<Version>();
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">{t("services.versions")}</h2>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && (
        <div className="table-frame" tabIndex={0} role="group" aria-label={t("services.versions")}>
          <table>
            <caption className="unseen">{t("services.versions")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("services.column.version")}</th>
                <th scope="col">{t("services.built")}</th>
                <th scope="col">{t("list.column.actions")}</th>
              </tr>
            </thead>
            <tbody>
              {data.map((one) => (
                <tr key={one.ImageId}>
                  <th scope="row">{one.ImageId}</th>
                  <td>
                    <Time at={one.BuildTime} />
                  </td>
                  <td>
                    {one.ImageId === service.CurrentVersion ? (
                      <strong>{t("services.current")}</strong>
                    ) : (
                      <MayButton
                        may={["eas:UpdateServiceVersion", service.ServiceName ?? ""]}
                        size="small"
                        onClick={() => setTarget(one)}
                      >
                        {t("services.goTo", { version: one.ImageId ?? 0 })}…
                      </MayButton>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {target && <RollBack service={service} target={target} close={() => setTarget(undefined)} />}
    </section>
  );
}

function RollBack({ service, target, close }: { service: Service; target: Version; close: () => void }) {
  const t = useText();
  const act = useServiceAction();
  const version = target.ImageId ?? 0;
  const lines = diff(linesOf(service.ServiceConfig ?? ""), linesOf(target.ServiceConfig ?? ""));
  return (
    <Dialog title={t("services.rollBack", { name: service.ServiceName ?? "", version })} close={close}>
      <Confirm
        word=""
        button={t("services.goTo", { version })}
        danger={false}
        busy={act.isPending}
        cancel={close}
        run={() => act.mutate({ action: "rollBack", name: service.ServiceName ?? "", version }, { onSuccess: close })}
      >
        <p>{t("services.rollBackWhat", { from: service.CurrentVersion ?? 0, version })}</p>
        <Difference lines={lines} />
        {act.error && <Problem error={act.error} />}
      </Confirm>
    </Dialog>
  );
}
