/** Where something stands in a JSON text that people write. */
export interface Mistake {
  at: number; // characters from the beginning
  deep?: boolean; // it is deeper than the server takes
}

/** As deep as the server reads (ParseJson). */
const deepest = 32;

const blank = /[ \t\r\n]*/y;
const text = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const plain = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Walks over a JSON text: where each value begins, by its path as the server's messages have it
 * (`containers[0].port`; the whole: ``), or the first place that is not JSON. */
export function placesIn(json: string): Map<string, number> | Mistake {
  const places = new Map<string, number>();
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(json)?.[0];
    at += found?.length ?? 0;
    return found;
  };
  const sign = (one: string): boolean => {
    take(blank);
    if (json[at] !== one) return false;
    ++at;
    return true;
  };
  const wrong = (deep = false): never => {
    throw deep ? { at, deep } : { at };
  };
  /** What `one` reads, until `end`, with commas between. */
  const list = (end: string, one: (index: number) => void) => {
    if (sign(end)) return;
    let index = 0;
    do one(index++);
    while (sign(","));
    if (!sign(end)) wrong();
  };
  const value = (path: string, depth: number, begin?: number) => {
    take(blank);
    places.set(path, begin ?? at);
    const opens = json[at] === "{" || json[at] === "[";
    if (opens && depth === deepest) wrong(true);
    if (sign("{"))
      list("}", () => {
        take(blank);
        const from = at;
        const key = take(text) ?? wrong();
        if (!sign(":")) wrong();
        const name = JSON.parse(key) as string;
        value(path === "" ? name : `${path}.${name}`, depth + 1, from);
      });
    else if (sign("[")) list("]", (index) => value(`${path}[${index}]`, depth + 1));
    else if (take(text) === undefined && take(plain) === undefined) wrong();
  };
  try {
    value("", 0);
    take(blank);
    if (at < json.length) wrong();
    return places;
  } catch (mistake) {
    if (mistake instanceof Error) throw mistake;
    return mistake as Mistake;
  }
}

/** From 1, as editors count. */
export function lineAt(json: string, at: number): { line: number; column: number } {
  const before = json.slice(0, at);
  return { line: before.split("\n").length, column: at - before.lastIndexOf("\n") };
}

/** What a message of the server says, one problem after another, and where in the text that is: the member that it
 * names, or else the nearest one around it. */
export function problemsIn(message: string, places: Map<string, number>): { what: string; at?: number }[] {
  return message.split("; ").map((what) => {
    let path = /^[\w$][^\s:,;]*/.exec(what)?.[0] ?? "";
    while (path !== "") {
      const at = places.get(path);
      if (at !== undefined) return { what, at };
      path = path.slice(0, Math.max(path.lastIndexOf("."), path.lastIndexOf("["), 0));
    }
    return { what };
  });
}
