import { useQuery } from "@tanstack/react-query";
import { type Answer, call } from "../../api/client";
import { unlessLive } from "../../live/live";
import { useText } from "../../text";
import { Loading, Problem } from "../../ui/states";
import { kindOf, StatusTag, useStatusName } from "../../ui/status";
import { Time, useDuration, useNow } from "../../ui/time";

export type Step = NonNullable<Answer<"GetLifecycle">["Lifecycle"]>[number][number];

/** How long a step took, or takes until now. Negative clocks count as 0. */
export const lengthOf = (step: Step, now: number) =>
  Math.max(0, (step.GmtEndTime ? Date.parse(step.GmtEndTime) : now) - Date.parse(step.GmtCreateTime));

/** The newest sessions, one span of start to stop each. */
export function Timeline({ id }: { id: string }) {
  const t = useText();
  const { data, error, refetch } = useQuery({
    queryKey: ["GetLifecycle", id],
    queryFn: ({ signal }) => call("GetLifecycle", { InstanceId: id, Order: "DESC", Limit: 5 }, signal),
    refetchInterval: () => unlessLive(5000),
  });
  const sessions = data?.Lifecycle ?? [];
  const total = data?.TotalCount ?? 0;
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">{t("instance.timeline")}</h2>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && sessions.length === 0 && <p>{t("instance.noSteps")}</p>}
      {sessions.map((steps, index) => (
        <Session
          key={steps[0]?.LifecycleId}
          steps={steps}
          title={t("instance.timelineOf", { number: total - index, total })}
        />
      ))}
    </section>
  );
}

function Session({ steps, title }: { steps: Step[]; title: string }) {
  const t = useText();
  const now = useNow(1000);
  const duration = useDuration();
  const name = useStatusName();
  // A step of a second beside one of a day can still be seen: widths grow with the root of the time.
  const grow = (step: Step) => Math.max(1, Math.sqrt(lengthOf(step, now) / 1000));
  return (
    <div className="session">
      <h3>{title}</h3>
      <div className="bar" aria-hidden="true">
        {steps.map((step) => (
          <span
            key={step.LifecycleId}
            className={`step step-${kindOf(step.Status)}`}
            style={{ flexGrow: grow(step) }}
            title={`${name(step.Status)} ${duration(lengthOf(step, now))}`}
          />
        ))}
      </div>
      <div className="table-frame" tabIndex={0} role="group" aria-label={title}>
        <table>
          <caption className="unseen">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{t("instance.step")}</th>
              <th scope="col">{t("instance.began")}</th>
              <th scope="col">{t("instance.lasted")}</th>
              <th scope="col">{t("instance.reason")}</th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step) => (
              <tr key={step.LifecycleId}>
                <td>
                  <StatusTag status={step.Status} over={!!step.GmtEndTime} />
                </td>
                <td>
                  <Time at={step.GmtCreateTime} />
                </td>
                <td>
                  {duration(lengthOf(step, now))} {!step.GmtEndTime && <em>{t("instance.goesOn")}</em>}
                </td>
                <td>
                  {step.ReasonMessage} {step.ReasonCode && <code>{step.ReasonCode}</code>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
