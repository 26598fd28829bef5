/** What a page's address says. Plain text: `q=7` is the text "7" and not a number. */
export type Search = Record<string, string>;
export const parseSearch = (text: string): Search => Object.fromEntries(new URLSearchParams(text));
export function stringifySearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(search))
    if (value !== undefined && value !== "") query.set(key, String(value));
  return query.size > 0 ? `?${query}` : "";
}

export const sizes = [25, 50, 100, 200] as const;
/** The state of the list of instances. */
export interface ListState {
  q: string;
  page: number;
  size: number;
  cols?: Column[]; // besides the name; absent: all
}
/** The columns that can be left out. What is most often wanted comes first. */
export const columns = ["status", "actions", "owner", "workspace", "machine", "image", "created", "modified"] as const;
export type Column = (typeof columns)[number];
const wholeFrom1 = (text: unknown) => (/^[1-9]\d{0,8}$/.test(String(text)) ? Number(text) : undefined);

export function readList(search: Record<string, unknown>): ListState {
  const size = wholeFrom1(search.size);
  const named = typeof search.cols === "string" ? search.cols.split(",") : undefined;
  const cols = named && columns.filter((one) => named.includes(one));
  return {
    ...(cols && cols.length < columns.length ? { cols } : {}),
    q: typeof search.q === "string" ? search.q : "",
    page: wholeFrom1(search.page) ?? 1,
    size: sizes.find((one) => one === size) ?? 50,
  };
}

/** Default values are not written. */
export function writeList({ q, page, size, cols }: ListState): Search {
  return {
    ...(q.trim() === "" ? {} : { q }),
    ...(page === 1 ? {} : { page: String(page) }),
    ...(size === 50 ? {} : { size: String(size) }),
    ...(cols && cols.length < columns.length ? { cols: ["name", ...cols].join(",") } : {}),
  };
}

/** Where to go after the sign-in: a page of the console, whatever the address says. */
export const readNext = (next: unknown): string =>
  typeof next === "string" && /^\/(?![/\\])/.test(next) && !/[\u0000-\u001f\\]/.test(next) ? next : "/";
