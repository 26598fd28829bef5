import { quoted } from "./edit";
import { operatorsOf, orders, terms } from "./terms";

/** A way to go on: the text that replaces [from, to). */
export interface Completion {
  label: string;
  insert: string;
  from: number;
  to: number;
}

/** A list that is longer is no help. */
const most = 20;

/** Values that the server has, by key: names of workspaces and so on. */
export type Known = Record<string, readonly string[]>;

function valuesOf(key: string, known: Known): readonly string[] {
  if (Object.hasOwn(known, key)) return known[key]!;
  const term = Object.hasOwn(terms, key) ? terms[key] : undefined;
  if (!term) return [];
  if (term.kind === "oneOf" || term.kind === "status") return term.values;
  if (term.kind === "sort") return Object.keys(orders).flatMap((one) => [one, `-${one}`]);
  return [];
}

/** What the word before the cursor may become: a key, or a value of its key. */
export function complete(text: string, cursor: number, known: Known = {}): Completion[] {
  const word = /[^\s"]*$/.exec(text.slice(0, cursor))?.[0] ?? "";
  const from = cursor - word.length;
  const parts = /^([a-z-]+):(.*)$/.exec(word);
  if (!parts) {
    const keys = Object.entries(terms).filter(([key]) => word !== "" && key.startsWith(word.toLowerCase()));
    return keys.map(([key, term]) => {
      const op = operatorsOf(term)[0]!;
      return { label: key + op, insert: key + (term.kind === "number" ? ">=" : op), from, to: cursor };
    });
  }
  const [, key = "", value = ""] = parts;
  const last = key === "status" ? value.slice(value.lastIndexOf(",") + 1) : value;
  return valuesOf(key, known)
    .filter((one) => one.toLowerCase().startsWith(last.toLowerCase()) && one !== last)
    .slice(0, most)
    .map((one) => ({ label: one, insert: quoted(one), from: cursor - last.length, to: cursor }));
}
