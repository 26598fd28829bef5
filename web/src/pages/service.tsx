import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { type Service as Data, useServiceAction, useServiceLog, useServiceQueries } from "../api/services";
import { useText } from "../text";
import { Asked } from "../ui/ask";
import { LogView, Toggle } from "../ui/log-view";
import { Loading, Problem } from "../ui/states";
import { canStart, StatusTag } from "../ui/status";
import { Time } from "../ui/time";
import { Title } from "../ui/title";
import { EventTable } from "./detail/events";
import { NotFound } from "./not-found";
import { Configuration } from "./service/configuration";
import { Overview } from "./service/overview";
import { Versions } from "./service/versions";
import { Size } from "./services";
import { MayButton } from "../ui/may-button";

// With the charts, which the other parts need not.
const Traffic = lazy(async () => ({ default: (await import("./service/traffic")).Traffic }));
const tabs = ["overview", "traffic", "versions", "configuration", "events", "logs"] as const;

export function Service() {
  const { name = "", tab = "" } = useParams({ strict: false });
  const query = useQuery(useServiceQueries(name).service);
  if (!tabs.some((one) => one === tab)) return <NotFound />;
  return (
    <Asked query={query}>
      {(data) => (
        <>
          <Head service={data} />
          <Tabs name={name} />
          {tab === "overview" && <Overview service={data} />}
          {tab === "traffic" && (
            <Suspense fallback={<Loading />}>
              <Traffic service={data} />
            </Suspense>
          )}
          {tab === "versions" && <Versions service={data} />}
          {tab === "configuration" && <Configuration service={data} />}
          {tab === "events" && <Events name={name} />}
          {tab === "logs" && <Logs name={name} />}
        </>
      )}
    </Asked>
  );
}

function Tabs({ name }: { name: string }) {
  const t = useText();
  return (
    <nav className="tabs" aria-label={t("instance.parts")}>
      {tabs.map((tab) => (
        <Link
          key={tab}
          to="/services/$name/$tab"
          params={{ name, tab }}
          activeProps={{ "aria-current": "page" }}
          activeOptions={{ includeSearch: false }}
        >
          {tab === "versions"
            ? t("services.versions")
            : tab === "traffic" || tab === "configuration"
              ? t(`services.${tab}.title`)
              : t(`instance.${tab}`)}
        </Link>
      ))}
    </nav>
  );
}

function Head({ service }: { service: Data }) {
  const t = useText();
  const act = useServiceAction();
  const name = service.ServiceName ?? "";
  const action = canStart(service.Status) ? "start" : "stop";
  const facts = [
    ["instances", t("services.ready", { ready: service.RunningInstance ?? 0, total: service.TotalInstance ?? 0 })],
    ["version", t("services.versionOf", { current: service.CurrentVersion ?? 0, latest: service.LatestVersion ?? 0 })],
    ["machine", <Size key="size" service={service} />],
    ["image", service.Image || "–"],
    ["created", <Time key="created" at={service.CreateTime} />],
    ["modified", <Time key="modified" at={service.UpdateTime} relative />],
  ] as const;
  return (
    <header className="head">
      <Title
        extra={
          <MayButton
            may={[action === "start" ? "eas:StartService" : "eas:StopService", name]}
            loading={act.isPending}
            aria-label={t(`action.${action}Named`, { name })}
            onClick={() => act.mutate({ action, name })}
          >
            {t(`action.${action}`)}
          </MayButton>
        }
      >
        {name}
      </Title>
      <p>
        <StatusTag status={service.Status} />{" "}
        {service.Message && (
          <span className="reason">
            {service.Message} {service.Reason && <code>{service.Reason}</code>}
          </span>
        )}
      </p>
      <dl className="facts">
        {facts.map(([fact, value]) => (
          <div key={fact}>
            <dt>{t(`services.column.${fact}`)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </header>
  );
}

function Events({ name }: { name: string }) {
  const t = useText();
  const { data, error, refetch } = useQuery(useServiceQueries(name).events);
  return (
    <section aria-labelledby="events">
      <h2 id="events">{t("instance.events")}</h2>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data &&
        (data.length > 0 ? (
          <EventTable
            events={data.map((one) => ({
              time: one.Time ?? "",
              level: one.Type ?? "",
              message: `${one.Reason}: ${one.Message}`,
            }))}
          />
        ) : (
          <p>{t("instance.noEvents")}</p>
        ))}
    </section>
  );
}

function Logs({ name }: { name: string }) {
  const t = useText();
  const [follow, setFollow] = useState(true);
  const [previous, setPrevious] = useState(false);
  const { data, error, refetch } = useQuery(useServiceLog(name, previous, follow));
  return (
    <section aria-labelledby="logs">
      <h2 id="logs">{t("instance.logs")}</h2>
      <LogView
        name={`${name}.log`}
        lines={data?.lines ?? []}
        follow={follow}
        setFollow={setFollow}
        tools={<Toggle on={previous} set={setPrevious} name={t("services.previous")} />}
        above={
          <>
            {error && <Problem error={error} retry={() => void refetch()} />}
            {!data && !error && <Loading />}
            {data && data.lines.length === 0 && <p>{t("services.noLogs")}</p>}
            {data && data.total > data.lines.length && (
              <p className="quiet">{t("services.lastLines", { count: data.lines.length, total: data.total })}</p>
            )}
          </>
        }
      />
    </section>
  );
}
