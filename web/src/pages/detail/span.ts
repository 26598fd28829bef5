export const spans = { "15m": 900, "1h": 3600, "6h": 21_600 } as const;
export type Span = keyof typeof spans;
/** A span that ends now moves on in steps of this many seconds. */
export const every = 15;

const secondsOf = (text: string | undefined) => (/^\d{1,11}$/.test(text ?? "") ? Number(text) : undefined);

/** The span in the address: `since=1h`, or `from=&to=` in seconds since 1970. */
export function readSpan(search: Record<string, string | undefined>, now: number): [from: number, to: number] {
  const from = secondsOf(search.from);
  const to = secondsOf(search.to);
  if (from !== undefined && to !== undefined && from < to) return [from, to];
  const seconds = Object.hasOwn(spans, search.since ?? "") ? spans[search.since as Span] : spans["1h"];
  const end = Math.ceil(now / 1000 / every) * every;
  return [end - seconds, end];
}

/** Seconds since 1970 as the API takes a time. */
export const isoOf = (seconds: number) => new Date(seconds * 1000).toISOString().replace(/\.\d+/, "");
