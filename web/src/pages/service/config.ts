import { linesOf } from "./diff";

/** A service JSON, as the service's page compares it and UpdateService takes it. */
export type Config = { [key: string]: Json };
export type Json = string | number | boolean | null | Json[] | Config;

const isObject = (value: Json | undefined): value is Config =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const textOf = (config: Config) => JSON.stringify(config, null, 2);
const same = (a: Json, b: Json) => a === b || linesOf(JSON.stringify(a)).join() === linesOf(JSON.stringify(b)).join();

/** The configuration that the server holds, which is an object. */
export function readConfig(text: string | undefined): Config {
  try {
    const value = JSON.parse(text ?? "") as Json;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** What UpdateService with UpdateType=merge makes of both: objects are merged member by member, and all else is
 * replaced. */
export function merge(base: Config, change: Config): Config {
  const merged = { ...base };
  for (const [key, value] of Object.entries(change)) {
    const present = merged[key];
    merged[key] = isObject(present) && isObject(value) ? merge(present, value) : value;
  }
  return merged;
}

/** The least that makes `to` of `from` when it is merged into it. undefined: nothing does, for a member is gone. */
export function changeFrom(from: Config, to: Config): Config | undefined {
  if (Object.keys(from).some((key) => !(key in to))) return undefined;
  const change: Config = {};
  for (const [key, value] of Object.entries(to)) {
    const before = from[key];
    if (isObject(before) && isObject(value)) {
      const inner = changeFrom(before, value);
      if (!inner) return undefined;
      if (Object.keys(inner).length > 0) change[key] = inner;
    } else if (before === undefined || !same(before, value)) {
      change[key] = value;
    }
  }
  return change;
}
