/** Samples for a chart: times in seconds, and null where there is no sample. */
export type Series = [times: number[], values: (number | null)[]];

export interface Sample {
  Time: number;
  Value: number;
}

/** A line must not cross a span in which nothing was measured: where the next sample is later than three times the
 * usual distance, a null stands between. */
export function withGaps(samples: Sample[]): Series {
  const sorted = [...samples].sort((a, b) => a.Time - b.Time);
  const distances = sorted
    .slice(1)
    .map((sample, index) => sample.Time - sorted[index]!.Time)
    .sort((a, b) => a - b);
  const usual = distances[Math.floor((distances.length - 1) / 2)] ?? 0;
  const times: number[] = [];
  const values: (number | null)[] = [];
  for (const { Time, Value } of sorted) {
    const last = times.at(-1);
    if (last !== undefined && usual > 0 && Time - last > 3 * usual) {
      times.push(last + usual);
      values.push(null);
    }
    times.push(Time);
    values.push(Value);
  }
  return [times, values];
}
