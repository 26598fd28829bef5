import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { type Answer, call } from "../../api/client";
import { type Service, useServiceQueries } from "../../api/services";
import { useFormat, useText } from "../../text";
import { Loading, Problem } from "../../ui/states";
import { Time, useNow } from "../../ui/time";
import { Chart } from "../detail/chart";
import { every, isoOf, readSpan } from "../detail/span";
import { Spans } from "../detail/spans";
import { chartLines, classes, latencies, levels, marksOf, thresholdsOf, timesOf, wantedOf } from "./series";

/** Requests, latencies and what waits, of a service or one of its instances. */
export function Traffic({ service }: { service: Service }) {
  const name = service.ServiceName ?? "";
  const wanted = wantedOf(service.ServiceConfig);
  const t = useText();
  const format = useFormat();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const [from, to] = readSpan(search, useNow(every * 1000));
  const instance = search.instance ?? "";
  const follow = search.from === undefined;
  const go = (next: Record<string, string>) =>
    void navigate({ to: "/services/$name/$tab", params: { name, tab: "traffic" }, search: next, resetScroll: false });
  const set = (next: Record<string, string>) => go({ ...next, ...(instance ? { instance } : {}) });
  const queries = useServiceQueries(name);
  const replicas = useQuery(queries.replicas);
  const events = useQuery(queries.events);
  const scaler = useQuery({ ...queries.scaler, enabled: service.AutoscalerEnabled === true });
  const rules = service.AutoscalerEnabled ? scaler.data : undefined;
  const { data, error, refetch } = useQuery({
    queryKey: ["GetServiceTraffic", name, instance, from, to],
    queryFn: ({ signal }) =>
      call(
        "GetServiceTraffic",
        {
          ServiceName: name,
          ...(instance ? { InstanceName: instance } : {}),
          StartTime: isoOf(from),
          EndTime: isoOf(to),
        },
        signal,
      ),
    placeholderData: keepPreviousData,
    gcTime: 30_000,
  });
  const charts = useMemo(() => {
    const [times, points] = timesOf(data?.Points ?? [], data?.Period ?? 10);
    return [
      ["requests", classes],
      ["latency", latencies],
      ["load", levels],
    ].map(([key, kinds]) => ({
      key: key as "requests" | "latency" | "load",
      times,
      lines: chartLines(kinds as typeof classes, points, (one) => t(`services.traffic.line.${one}`)),
      thresholds: thresholdsOf(rules, key as string, instance ? 1 : wanted).map(({ each, value }) => ({
        name: instance
          ? t("services.traffic.thresholdEach", { each: format.number(each) })
          : t("services.traffic.threshold", { each: format.number(each), count: wanted, all: format.number(value) }),
        value,
      })),
    }));
  }, [data, rules, instance, wanted, format, t]);
  const marks = useMemo(() => marksOf(events.data ?? []), [events.data]);
  const shownMarks = marks.filter(({ time }) => time >= from && time <= to);
  const names = replicas.data?.rows.map((row) => row.InstanceName ?? "") ?? [];

  return (
    <section aria-labelledby="traffic">
      <h2 id="traffic">{t("services.traffic.title")}</h2>
      <div className="tools">
        <Spans follow={follow} since={search.since} set={set} />
        <label>
          {t("services.traffic.of")}{" "}
          <select
            className="input"
            value={instance}
            onChange={({ target: { value } }) => {
              const { instance: _, ...rest } = search as Record<string, string>;
              go({ ...rest, ...(value ? { instance: value } : {}) });
            }}
          >
            <option value="">{t("services.traffic.all")}</option>
            {[...new Set([...names, ...(instance ? [instance] : [])])].map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      </div>
      {error && <Problem error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading />}
      {data && data.Points?.length === 0 && <p>{t("services.traffic.none")}</p>}
      {data && data.Points && data.Points.length > 0 && (
        <div className="charts">
          {charts.map(({ key, times, lines, thresholds }) => (
            <Chart
              key={key}
              name={t(`services.traffic.chart.${key}`)}
              unit={t(`services.traffic.unit.${key}`)}
              times={times}
              lines={lines}
              marks={marks}
              thresholds={thresholds}
              span={[from, to]}
              zoom={([a, b]) => set({ from: String(a), to: String(b) })}
            />
          ))}
        </div>
      )}
      {rules && <Rules scaler={rules} />}
      {shownMarks.length > 0 && (
        <>
          <h3>{t("services.traffic.scaled")}</h3>
          <ul>
            {shownMarks.map(({ time, text }) => (
              <li key={`${time} ${text}`}>
                <Time at={isoOf(time)} /> {text}
              </li>
            ))}
          </ul>
        </>
      )}
      <p className="quiet">{t("services.traffic.kept")}</p>
    </section>
  );
}

/** What the autoscaler goes by, and what it measured last. */
function Rules({ scaler }: { scaler: Answer<"DescribeServiceAutoScaler"> }) {
  const t = useText();
  const format = useFormat();
  const { MinReplica: min = 0, MaxReplica: max = 0, ScaleStrategies: rules = [], CurrentMetrics: now = [] } = scaler;
  const number = (value: number) => format.number(value, { maximumFractionDigits: 1 });
  const nameOf = (metric: string) => {
    const key = `services.traffic.metric.${metric}` as "services.traffic.metric.qps";
    return t.has(key) ? t(key) : metric;
  };
  return (
    <>
      <h3>{t("services.traffic.rules", { min, max })}</h3>
      <ul>
        {rules.map(({ metricName: metric, threshold }) => {
          const measured = now.find((one) => one.metricName === metric)?.value;
          return (
            <li key={metric}>
              {t("services.traffic.rule", { metric: nameOf(metric), threshold: number(threshold) })}
              {measured !== undefined && ` ${t("services.traffic.now", { value: number(measured) })}`}
            </li>
          );
        })}
      </ul>
    </>
  );
}
