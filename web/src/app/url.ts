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
}
const wholeFrom1 = (text: unknown) => (/^[1-9]\d{0,8}$/.test(String(text)) ? Number(text) : undefined);

export function readList(search: Record<string, unknown>): ListState {
  const size = wholeFrom1(search.size);
  return {
    q: typeof search.q === "string" ? search.q : "",
    page: wholeFrom1(search.page) ?? 1,
    size: sizes.find((one) => one === size) ?? 50,
  };
}

/** Default values are not written. */
export function writeList({ q, page, size }: ListState): Search {
  return {
    ...(q.trim() === "" ? {} : { q }),
    ...(page === 1 ? {} : { page: String(page) }),
    ...(size === 50 ? {} : { size: String(size) }),
  };
}

/** Where to go after the sign-in: a page of the console, whatever the address says. */
export const readNext = (next: unknown): string =>
  typeof next === "string" && /^\/(?![/\\])/.test(next) && !/[\u0000-\u001f\\]/.test(next) ? next : "/";
