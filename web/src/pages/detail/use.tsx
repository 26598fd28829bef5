import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { type Answer, call } from "../../api/client";
import { useText } from "../../text";
import { Loading, Problem } from "../../ui/states";
import { useNow } from "../../ui/time";
import { Chart } from "./chart";
import { withGaps } from "./series";
import { every, isoOf, readSpan } from "./span";
import { Spans } from "./spans";

const metrics = [
  "CpuCoreUsage",
  "MemoryUsage",
  "GpuCoreUsage",
  "GpuMemoryUsage",
  "NetworkInputRate",
  "NetworkOutputRate",
  "DiskReadRate",
  "DiskWriteRate",
] as const;

function chartOf(answer: Answer<"GetInstanceMetrics">, name: string) {
  const [times, values] = withGaps(answer.PodMetrics?.[0]?.Metrics ?? []);
  return { times, lines: [{ name, values }] };
}

export function Use({ id }: { id: string }) {
  const t = useText();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const [from, to] = readSpan(search, useNow(every * 1000));
  const follow = search.from === undefined;
  const set = (next: Record<string, string>) =>
    void navigate({ to: "/instances/$id/$tab", params: { id, tab: "use" }, search: next, resetScroll: false });
  const queries = useQueries({
    queries: metrics.map((metric) => ({
      queryKey: ["GetInstanceMetrics", id, metric, from, to],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        call(
          "GetInstanceMetrics",
          { InstanceId: id, MetricType: metric, StartTime: isoOf(from), EndTime: isoOf(to) },
          signal,
        ),
      placeholderData: keepPreviousData,
      gcTime: 30_000,
    })),
  });
  const error = queries.find((one) => one.error)?.error;
  const answers = queries.map((one) => one.data);
  // Each answer is an object of its own as long as it is the same.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const charts = useMemo(
    () => answers.map((one, at) => one && chartOf(one, t(`instance.metric.${metrics[at]!}`))),
    answers,
  );
  const any = charts.some((one) => one && one.times.length > 0);

  return (
    <section aria-labelledby="use">
      <h2 id="use">{t("instance.use")}</h2>
      <Spans follow={follow} since={search.since} set={set} />
      {error && <Problem error={error} />}
      {!error && answers.every((one) => one === undefined) && <Loading />}
      {answers.some(Boolean) && !any && <p>{t("instance.noData")}</p>}
      <div className="charts">
        {metrics.map((metric, index) => {
          const one = charts[index];
          if (!one || one.times.length === 0) return null;
          const percent = metric.endsWith("Usage");
          return (
            <Chart
              key={metric}
              name={t(`instance.metric.${metric}`)}
              unit={percent ? t("instance.percent") : t("instance.rate")}
              {...(percent ? { most: 100 } : {})}
              times={one.times}
              lines={one.lines}
              span={[from, to]}
              zoom={([a, b]) => set({ from: String(a), to: String(b) })}
            />
          );
        })}
      </div>
    </section>
  );
}
