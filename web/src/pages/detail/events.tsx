import { useQuery } from "@tanstack/react-query";
import { call } from "../../api/client";
import { unlessLive } from "../../live/live";
import { useText } from "../../text";
import { Loading, Problem } from "../../ui/states";
import { Time } from "../../ui/time";

export interface Event {
  time: string;
  level: string;
  message: string;
}

/** "2026-01-31T12:00:00Z Info message", as the API writes an event. */
export function readEvent(line: string): Event {
  const [time = "", level = "", ...message] = line.split(" ");
  return { time, level, message: message.join(" ") };
}

export function Events({ id }: { id: string }) {
  const t = useText();
  const { data, error, refetch } = useQuery({
    queryKey: ["GetInstanceEvents", id],
    queryFn: ({ signal }) => call("GetInstanceEvents", { InstanceId: id, Reverse: true, MaxEventsNum: 200 }, signal),
    refetchInterval: () => unlessLive(5000),
  });
  return (
    <section aria-labelledby="events">
      <h2 id="events">{t("instance.events")}</h2>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data &&
        (data.Events?.length ? <EventTable events={data.Events.map(readEvent)} /> : <p>{t("instance.noEvents")}</p>)}
    </section>
  );
}

export function EventTable({ events }: { events: Event[] }) {
  const t = useText();
  return (
    <div className="table-frame" tabIndex={0} role="group" aria-label={t("instance.events")}>
      <table>
        <caption className="unseen">{t("instance.events")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("instance.time")}</th>
            <th scope="col">{t("instance.level")}</th>
            <th scope="col">{t("instance.message")}</th>
          </tr>
        </thead>
        <tbody>
          {events.map((event, index) => (
            <tr key={events.length - index} className={`level-${event.level}`}>
              <td>
                <Time at={event.time} />
              </td>
              <td>{event.level}</td>
              <td>{event.message}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
