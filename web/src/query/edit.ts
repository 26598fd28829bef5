import { type Condition, QueryError, scan } from "./scan";

const conditionsOf = (text: string): Condition[] => {
  try {
    return scan(text);
  } catch (error) {
    if (error instanceof QueryError) return [];
    throw error;
  }
};

const inQuotes = (value: string) => `"${value.replace(/["\\]/g, "\\$&")}"`;
/** The value of a key in the language: in quotes where it needs them. */
export const quoted = (value: string) => (/^[^\s"]+$/.test(value) ? value : inQuotes(value));

/** A condition in the language. */
export const print = (key: string, op: string, value: string): string =>
  key !== "" ? key + op + quoted(value) : /^[^\s":~=<>]+$/.test(value) ? value : inQuotes(value);

/** The value that a query gives the key; empty: none. */
export const valueOf = (text: string, key: string): string =>
  conditionsOf(text).find((one) => one.key === key)?.value ?? "";

/** The query without its conditions of this key; what remains is spelled as it was. */
export function without(text: string, key: string): string {
  const kept = conditionsOf(text).filter((one) => one.key !== key);
  return kept.map((one) => text.slice(one.from, one.to)).join(" ");
}

/** The query with this as its one condition of the key; an empty value takes the condition away. */
export function withValue(text: string, key: string, op: string, value: string): string {
  const rest = without(text, key);
  return value === "" ? rest : `${rest} ${print(key, op, value)}`.trim();
}

/** The query with the value added to those of the key, or taken from them: status:Running,Failed. */
export function toggled(text: string, key: string, value: string): string {
  const present = valueOf(text, key).split(",").filter(Boolean);
  const same = (one: string) => one.toLowerCase() === value.toLowerCase();
  const next = present.some(same) ? present.filter((one) => !same(one)) : [...present, value];
  return withValue(text, key, ":", next.join(","));
}
