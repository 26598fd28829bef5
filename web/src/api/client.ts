import type { operations } from "./schema";
import { routes } from "./schema";

/** An error as the API sends it. `code` is "Offline" when there was no answer. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId = "",
  ) {
    super(message);
  }
}

export type Name = keyof typeof routes & keyof operations;
type Query<Q> = [NonNullable<Q>] extends [never] ? object : NonNullable<Q>;
type Parameters<N extends Name> = Query<operations[N]["parameters"]["query"]> &
  (operations[N]["parameters"] extends { path: infer P } ? P : object);
export type Answer<N extends Name> = operations[N]["responses"][200] extends {
  content: { "application/json": infer A };
}
  ? A
  : never;
export type Body<N extends Name> = operations[N] extends {
  requestBody?: { content: { "application/json": infer B } };
}
  ? B
  : never;

/** How every request of the console looks: the cookie says who asks, the header that a page of ours does. */
export async function send(
  method: string,
  target: string,
  init: { body?: unknown; signal?: AbortSignal | undefined } = {},
) {
  const headers: Record<string, string> = { Accept: "application/json", "X-Atelier-Console": "1" };
  if (method !== "GET") headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(target, {
      method,
      headers,
      credentials: "same-origin",
      redirect: "error",
      ...(method === "GET" ? {} : { body: JSON.stringify(init.body ?? {}) }),
      ...(init.signal ? { signal: init.signal } : {}),
    });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0, "Offline", "");
  }
  const answer: unknown = await response.json().catch(() => null);
  return { response, answer: (answer ?? {}) as Record<string, unknown> };
}

/** AIRec begins its names in lower case. */
export function failure(status: number, answer: Record<string, unknown>): ApiError {
  const text = (name: string) => {
    const value = answer[name] ?? answer[name[0]!.toLowerCase() + name.slice(1)];
    return typeof value === "string" ? value : "";
  };
  return new ApiError(status, text("Code") || `HTTP ${status}`, text("Message"), text("RequestId"));
}

let onSignedOut = () => {};
/** Called when the server no longer knows the session. */
export function whenSignedOut(call: () => void) {
  onSignedOut = call;
}

async function ask(method: string, target: string, init: { body?: unknown; signal?: AbortSignal | undefined } = {}) {
  const { response, answer } = await send(method, target, init);
  if (response.status === 401) onSignedOut();
  if (!response.ok) throw failure(response.status, answer);
  return answer;
}

/** Where an operation is called: parameters of the path go there, the others into the query. */
function targetOf<N extends Name>(name: N, parameters: Parameters<N>): string {
  const template: string = routes[name][1];
  const query = new URLSearchParams();
  const given = new Map(Object.entries(parameters as Record<string, unknown>));
  const path = template.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = String(given.get(key));
    given.delete(key);
    return encodeURIComponent(value);
  });
  for (const [key, value] of given) if (value !== undefined) query.set(key, String(value));
  // RPC style has its operation and version in the query.
  return query.size > 0 ? `${path}${path.includes("?") ? "&" : "?"}${query}` : path;
}

/** Calls an operation that reads. */
export async function call<N extends Name>(name: N, parameters: Parameters<N>, signal?: AbortSignal) {
  return (await ask(routes[name][0], targetOf(name, parameters), { signal })) as Answer<N>;
}

/** Calls an operation that changes something. */
export async function change<N extends Name>(name: N, parameters: Parameters<N>, body?: Body<N>) {
  return (await ask(routes[name][0], targetOf(name, parameters), { body })) as Answer<N>;
}
