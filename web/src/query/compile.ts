import { type Condition, QueryError, scan } from "./scan";
import { operatorsOf, orders, type Term, terms } from "./terms";

/** Parameters of ListInstances, in the order that they were asked for. */
export type Parameters = Map<string, string>;

const maxPairs = 4;
const millionths = 1_000_000n;

class Compiler {
  private readonly query: Parameters = new Map();
  private readonly labels = new Map<string, string>();
  private readonly tags: { Key: string; Value?: string }[] = [];

  take(condition: Condition) {
    const { key, value } = condition;
    if (key === "") return this.set(condition, "InstanceName", value);
    const term = Object.hasOwn(terms, key) ? terms[key] : undefined;
    if (!term) throw new QueryError(condition.from, "key", { key, keys: Object.keys(terms).join(", ") });
    const allowed = operatorsOf(term);
    if (!allowed.includes(condition.op))
      throw new QueryError(condition.from + key.length, "operator", { key, operators: allowed.join(" ") });
    this.takeTerm(condition, term);
  }

  finish(): Parameters {
    const { query, labels, tags } = this;
    // By hand: an object would put keys that are numbers first.
    const pairs = [...labels].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    if (pairs.length > 0) query.set("Labels", `{${pairs.join(",")}}`);
    if (tags.length > 0) query.set("Tag", JSON.stringify(tags));
    return query;
  }

  private takeTerm(condition: Condition, term: Term) {
    switch (term.kind) {
      case "name":
      case "text":
        return this.set(condition, term.parameter, condition.value);
      case "oneOf":
        return this.set(condition, term.parameter, named(condition, condition.value, term.values));
      case "status": {
        const pieces = condition.value.split(",");
        if (pieces.at(-1) === "") pieces.pop();
        return this.set(condition, "Status", pieces.map((piece) => named(condition, piece, term.values)).join(","));
      }
      case "number":
        return this.number(condition, term);
      case "label":
        return this.label(condition);
      case "tag":
        return this.tag(condition);
      case "created":
        return this.created(condition);
      case "sort":
        return this.sort(condition);
    }
  }

  private set(condition: Condition, parameter: string, value: string) {
    if (this.query.has(parameter)) throw new QueryError(condition.from, "again");
    this.query.set(parameter, value);
  }

  private label(condition: Condition) {
    const equals = condition.value.indexOf("=");
    if (equals <= 0) throw new QueryError(condition.valueFrom, "label");
    const key = condition.value.slice(0, equals);
    if (this.labels.has(key)) throw new QueryError(condition.valueFrom, "labelTwice");
    if (this.labels.size === maxPairs) throw new QueryError(condition.from, "labels");
    this.labels.set(key, condition.value.slice(equals + 1));
  }

  private tag(condition: Condition) {
    const equals = condition.value.indexOf("=");
    if (equals === 0) throw new QueryError(condition.valueFrom, "tag");
    if (this.tags.length === maxPairs) throw new QueryError(condition.from, "tags");
    if (equals < 0) this.tags.push({ Key: condition.value });
    else this.tags.push({ Key: condition.value.slice(0, equals), Value: condition.value.slice(equals + 1) });
  }

  /** Capacities are whole numbers of a small unit, of which `unit` make one of what people say; so
   * "above 2" is "at least one unit more than 2". `whole`: the parameter counts those units. */
  private number(condition: Condition, { what, unit, whole }: Term & { kind: "number" }) {
    const units = parseMillionths(condition) * BigInt(unit);
    const floor = units / millionths;
    const ceil = (units + millionths - 1n) / millionths;
    const bound = (end: "Min" | "Max", value: bigint) => {
      if (value < 0n) throw new QueryError(condition.valueFrom, "below");
      this.set(condition, end + what, whole ? String(value) : quotient(value, BigInt(unit)));
    };
    const { op } = condition;
    if (op === ">") bound("Min", floor + 1n);
    if (op === ">=" || op === "=") bound("Min", ceil);
    if (op === "<") bound("Max", ceil - 1n);
    if (op === "<=" || op === "=") bound("Max", floor);
  }

  private created(condition: Condition) {
    const after = condition.op === ">=";
    let time = condition.value;
    if (/^\d{4}-\d\d-\d\d$/.test(time)) time += after ? "T00:00:00Z" : "T23:59:59Z";
    else if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(time))
      throw new QueryError(condition.valueFrom, "time", { value: time });
    this.set(condition, after ? "CreateTimeAfter" : "CreateTimeBefore", time);
  }

  private sort(condition: Condition) {
    const descending = condition.value.startsWith("-");
    const by = descending ? condition.value.slice(1) : condition.value;
    if (!Object.hasOwn(orders, by)) throw new QueryError(condition.valueFrom, "sort", { value: condition.value });
    this.set(condition, "SortBy", orders[by as keyof typeof orders]);
    this.set(condition, "Order", descending ? "DESC" : "ASC");
  }
}

/** The name as documented, whatever the case typed. */
function named(condition: Condition, text: string, values: readonly string[]): string {
  const found = values.find((value) => value.toLowerCase() === text.toLowerCase());
  if (!found) throw new QueryError(condition.valueFrom, "oneOf", { value: text, values: values.join(", ") });
  return found;
}

/** A decimal in millionths. Exact: 1.001 vCPU are 1001 thousandths, which no double says. */
function parseMillionths(condition: Condition): bigint {
  const parts = /^(\d{1,10})(?:\.(\d{1,6}))?$/.exec(condition.value);
  const whole = BigInt(parts?.[1] ?? -1);
  if (whole < 0n || whole > 1_000_000_000n)
    throw new QueryError(condition.valueFrom, "number", { value: condition.value });
  return whole * millionths + BigInt((parts?.[2] ?? "").padEnd(6, "0"));
}

/** Exact: a mebibyte is 0.0009765625 GB, and no more decimals are needed for any number of them. */
function quotient(units: bigint, unit: bigint): string {
  const decimals = String(((units % unit) * 10_000_000_000n) / unit)
    .padStart(10, "0")
    .replace(/0+$/, "");
  return String(units / unit) + (decimals === "" ? "" : `.${decimals}`);
}

/** A query as parameters of ListInstances. Throws QueryError. */
export function compile(text: string): Parameters {
  const compiler = new Compiler();
  for (const condition of scan(text)) compiler.take(condition);
  return compiler.finish();
}

/** The same without throwing. */
export function check(text: string): { parameters: Parameters } | { error: QueryError } {
  try {
    return { parameters: compile(text) };
  } catch (error) {
    if (error instanceof QueryError) return { error };
    throw error;
  }
}
