/** One condition of a query as it stands in its text; places are counted in UTF-16 units from 0. */
export interface Condition {
  from: number;
  to: number;
  key: string; // empty: a word alone
  op: string; // ":", "~", "=", ">", ">=", "<" or "<="
  value: string; // without quotes
  valueFrom: number;
}

/** What is wrong with a query, and where (-1: all of it). `code` names the text of it, which `values` fill. */
export class QueryError extends Error {
  constructor(
    readonly at: number,
    readonly code: QueryErrorCode,
    readonly values: Record<string, string> = {},
  ) {
    super(code);
  }
}
export type QueryErrorCode =
  | "key"
  | "operator"
  | "noKey"
  | "noValue"
  | "openQuote"
  | "oneOf"
  | "again"
  | "label"
  | "labelTwice"
  | "labels"
  | "tag"
  | "tags"
  | "number"
  | "below"
  | "time"
  | "sort"
  | "owner" // the server knows nobody of this name
  | "workspace";

const isBlank = (c: string | undefined) => c === " " || c === "\t" || c === "\n" || c === "\r";
const isOperator = (c: string | undefined) => c !== undefined && ":~=<>".includes(c);

/** Up to the next blank outside of quotes. Quotes may stand anywhere: label:team="vision lab". */
function scanValue(text: string, from: number): { value: string; to: number } {
  let value = "";
  let open = -1;
  let at = from;
  for (; at < text.length && (open >= 0 || !isBlank(text[at])); ++at) {
    if (text[at] === '"') open = open >= 0 ? -1 : at;
    else if (text[at] === "\\" && open >= 0 && at + 1 < text.length) value += text[++at];
    else value += text[at];
  }
  if (open >= 0) throw new QueryError(open, "openQuote");
  return { value, to: at };
}

function scanOne(text: string, from: number): Condition {
  let at = from;
  let key = "";
  let op = "";
  if (text[at] !== '"') {
    while (at < text.length && !isBlank(text[at]) && !isOperator(text[at])) ++at;
    const word = text.slice(from, at);
    if (at === text.length || isBlank(text[at])) return { from, to: at, key, op, value: word, valueFrom: from };
    if (word === "") throw new QueryError(at, "noKey");
    key = word;
    op = text[at++]!;
    if ((op === "<" || op === ">") && text[at] === "=") op += text[at++];
  }
  const { value, to } = scanValue(text, at);
  if (value === "") throw new QueryError(at, "noValue");
  return { from, to, key, op, value, valueFrom: at };
}

/** The conditions of a query. Throws QueryError. */
export function scan(text: string): Condition[] {
  const found: Condition[] = [];
  for (let at = 0; ;) {
    while (isBlank(text[at])) ++at;
    if (at >= text.length) return found;
    const one = scanOne(text, at);
    found.push(one);
    at = one.to;
  }
}
