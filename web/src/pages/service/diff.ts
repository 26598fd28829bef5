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

/** What turns `from` into `to`: the longest common subsequence stays. */
export function diff(from: string[], to: string[]): DiffLine[] {
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
