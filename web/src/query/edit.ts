import { type Condition, QueryError, scan } from "./scan";

const conditionsOf = (text: string): Condition[] => {
  try {
    return scan(text);
  } catch (error) {
    if (error instanceof QueryError) return [];
    throw error;
  }
};

/** A condition in the language. */
export function print(key: string, op: string, value: string): string {
  const plain = key === "" ? /^[^\s":~=<>]+$/ : /^[^\s"]+$/;
  return key + op + (plain.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`);
}

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
