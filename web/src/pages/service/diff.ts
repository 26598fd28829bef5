export type DiffLine = [mark: " " | "+" | "-", text: string];

/** A service JSON in lines; keys in order, so that what only moved does not differ. */
export function linesOf(config: string): string[] {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : value !== null && typeof value === "object"
        ? Object.fromEntries(
            Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, one]) => [key, sorted(one)]),
          )
        : value;
  try {
    return JSON.stringify(sorted(JSON.parse(config)), null, 2).split("\n");
  } catch {
    return config.split("\n");
  }
}

/** As many pairs of lines are compared; with more, all that is between the first and the last difference goes and
 * comes. */
const most = 4_000_000;

/** What turns `from` into `to`: the longest common subsequence stays. */
export function diff(from: string[], to: string[]): DiffLine[] {
  let head = 0;
  while (head < from.length && head < to.length && from[head] === to[head]) ++head;
  let tail = 0;
  const left = Math.min(from.length, to.length) - head;
  while (tail < left && from.at(-1 - tail) === to.at(-1 - tail)) ++tail;
  const kept = (lines: string[]) => lines.map((line): DiffLine => [" ", line]);
  return [
    ...kept(from.slice(0, head)),
    ...between(from.slice(head, from.length - tail), to.slice(head, to.length - tail)),
    ...kept(from.slice(from.length - tail)),
  ];
}

function between(from: string[], to: string[]): DiffLine[] {
  if (from.length * to.length > most)
    return [...from.map((line): DiffLine => ["-", line]), ...to.map((line): DiffLine => ["+", line])];
  // length[i][j]: of what from.slice(i) and to.slice(j) have in common.
  const length = Array.from({ length: from.length + 1 }, () => new Array<number>(to.length + 1).fill(0));
  for (let i = from.length - 1; i >= 0; --i)
    for (let j = to.length - 1; j >= 0; --j)
      length[i]![j] = from[i] === to[j] ? length[i + 1]![j + 1]! + 1 : Math.max(length[i + 1]![j]!, length[i]![j + 1]!);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    if (i < from.length && j < to.length && from[i] === to[j]) {
      lines.push([" ", from[i]!]);
      ++i;
      ++j;
    } else if (j === to.length || (i < from.length && length[i + 1]![j]! >= length[i]![j + 1]!)) {
      lines.push(["-", from[i++]!]);
    } else {
      lines.push(["+", to[j++]!]);
    }
  }
  return lines;
}
