import { useEffect, useState } from "react";
import { useFormat } from "../text";

/** The time, looked at again every `every` milliseconds. */
export function useNow(every = 30_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** A time of the API for people: local, with UTC on hover. */
export function Time({ at, relative = false }: { at: string | undefined; relative?: boolean }) {
  const format = useFormat();
  const now = useNow();
  const time = Date.parse(at ?? "");
  if (Number.isNaN(time)) return <>–</>;
  return (
    <time dateTime={at} title={`${at} (UTC)`}>
      {relative ? format.relativeTime(time, now) : format.dateTime(time, { dateStyle: "medium", timeStyle: "medium" })}
    </time>
  );
}

/** "2 h 5 min": the two largest units. */
export function useDuration() {
  const format = useFormat();
  return (milliseconds: number): string => {
    const seconds = Math.max(0, Math.floor(milliseconds / 1000));
    const all = [
      [Math.floor(seconds / 86_400), "day"],
      [Math.floor(seconds / 3600) % 24, "hour"],
      [Math.floor(seconds / 60) % 60, "minute"],
      [seconds % 60, "second"],
    ] as const;
    const first = all.findIndex(([count]) => count > 0);
    const shown = first < 0 ? [all[3]] : all.slice(first, first + 2).filter(([count]) => count > 0);
    return shown.map(([value, unit]) => format.number(value, { style: "unit", unit, unitDisplay: "short" })).join(" ");
  };
}
