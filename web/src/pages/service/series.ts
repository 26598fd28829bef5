import type { Answer } from "../../api/client";
import type { Line, Mark } from "../detail/chart";
import { readConfig } from "./config";

type Traffic = Answer<"GetServiceTraffic">;
type Point = NonNullable<Traffic["Points"]>[number];

/** Requests that ended so, how their line looks, and whether it is there when there were none. */
export const classes = [
  { key: "Status2xx", color: "success", always: true },
  { key: "Status3xx", color: "primary", dash: [2, 2] },
  { key: "Status4xx", color: "warning" },
  { key: "Status429", color: "warning", dash: [6, 3] },
  { key: "Status450", color: "warning", dash: [2, 3] },
  { key: "Status5xx", color: "error", always: true },
  { key: "GivenUp", color: "text-secondary", dash: [6, 3] },
  { key: "Status1xx", color: "primary", dash: [6, 3] },
] as const;
export const latencies = [
  { key: "P50", color: "primary" },
  { key: "P95", color: "warning", dash: [6, 3] },
  { key: "P99", color: "error", dash: [2, 3] },
] as const;
export const levels = [
  { key: "UnderWay", color: "primary" },
  { key: "Waiting", color: "error", dash: [6, 3] },
] as const;

type Kind = (typeof classes | typeof latencies | typeof levels)[number];
type Valued = { key: Kind["key"]; color: string; dash?: readonly number[]; always?: boolean };

/** Periods as a chart has them; a null where the next one is not there: it was not measured. */
export function timesOf(points: Point[], period: number): [times: number[], points: (Point | undefined)[]] {
  const times: number[] = [];
  const values: (Point | undefined)[] = [];
  for (const point of points) {
    const last = times.at(-1);
    if (last !== undefined && point.Time - last > period) {
      times.push(last + period);
      values.push(undefined);
    }
    times.push(point.Time);
    values.push(point);
  }
  return [times, values];
}

/** One line each. Counts become rates by the seconds that were measured. */
export function chartLines(
  kinds: readonly Valued[],
  points: (Point | undefined)[],
  nameOf: (key: Kind["key"]) => string,
): Line[] {
  const isCount = (key: string) => key.startsWith("Status") || key === "GivenUp";
  const value = (key: Kind["key"], point: Point | undefined) => {
    const one = point?.[key];
    return point === undefined || one === undefined ? null : isCount(key) ? one / point.Seconds : one;
  };
  return kinds
    .map(({ key, color, dash, always = !isCount(key) }) => ({
      line: {
        name: nameOf(key),
        values: points.map((point) => value(key, point)),
        color,
        ...(dash ? { dash: [...dash] } : {}),
      },
      always,
    }))
    .filter(({ line, always }) => always || line.values.some((one) => one))
    .map(({ line }) => line);
}

type Scaler = Answer<"DescribeServiceAutoScaler">;

/** The charts that show what an autoscaler goes by. */
const chartOf = { qps: "requests", concurrency: "load" } as const;

/** The thresholds of an autoscaler that a chart has a line for: of a service with so many wanted instances, more than
 * `value` of all of them together asks for more; of one instance, more than `value` of each on average. */
export function thresholdsOf(scaler: Scaler | undefined, chart: string, instances: number) {
  const strategies = scaler?.ScaleStrategies ?? [];
  return strategies
    .filter(({ metricName }) => chartOf[metricName as keyof typeof chartOf] === chart)
    .map(({ threshold }) => ({ each: threshold, value: threshold * instances }))
    .filter(({ value }) => value > 0);
}

/** How many instances its configuration wants. Scalings are written there, too. */
export function wantedOf(config: string | undefined): number {
  const { metadata } = readConfig(config);
  const wanted = typeof metadata === "object" && metadata && "instance" in metadata ? Number(metadata.instance) : 1;
  return Number.isFinite(wanted) ? wanted : 1;
}

/** What the scalers did, of a service's events. */
export const marksOf = (events: { Reason?: string; Message?: string; Time?: string }[]): Mark[] =>
  events
    .filter(({ Reason }) => Reason === "AutoScaling" || Reason === "CronScaling")
    .map(({ Message = "", Time = "" }) => ({ time: Date.parse(Time) / 1000, text: Message }));
