/** What became of a call of a service. */
export interface Outcome {
  status: number;
  milliseconds: number; // to the end of what is shown
  type: string;
  text: string;
  cut: boolean; // there is more than is shown
}

export interface Trial {
  method: "GET" | "POST";
  path: string; // below the service, with its query
  body: string;
}

const most = 256 * 1024; // bytes of an answer that are read
const patience = 60_000;

/** Where a call goes. */
export const urlOf = (endpoint: string, { path }: Trial) => endpoint + (path.startsWith("/") ? path : `/${path}`);

/** The same as a command for a shell. */
export function commandOf(endpoint: string, token: string, trial: Trial): string {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const authorization = token === "$TOKEN" ? '"Authorization: $TOKEN"' : quoted(`Authorization: ${token}`);
  const data = trial.method === "GET" ? "" : ` -H 'Content-Type: application/json' --data ${quoted(trial.body)}`;
  return `curl -H ${authorization}${data} ${quoted(urlOf(endpoint, trial))}`;
}

/** Calls the service as any client does: with its token and without cookies, from this browser. Rejects where there is
 * no answer, or none within a minute. */
export async function tryService(endpoint: string, token: string, trial: Trial, signal: AbortSignal): Promise<Outcome> {
  const start = performance.now();
  const answer = await fetch(urlOf(endpoint, trial), {
    method: trial.method,
    headers: {
      Authorization: token,
      ...(trial.method === "GET" ? {} : { "Content-Type": "application/json" }),
    },
    ...(trial.method === "GET" ? {} : { body: trial.body }),
    credentials: "omit",
    redirect: "error",
    cache: "no-store",
    signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
  });
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  const reader = answer.body?.getReader();
  for (;;) {
    const piece = await reader?.read();
    if (!piece || piece.done) break;
    size += piece.value.length;
    text += decoder.decode(piece.value.subarray(0, piece.value.length - Math.max(0, size - most)), { stream: true });
    if (size <= most) continue;
    void reader!.cancel().catch(() => {}); // the rest is nothing that anybody waits for
    break;
  }
  return {
    status: answer.status,
    milliseconds: performance.now() - start,
    type: answer.headers.get("Content-Type") ?? "",
    text,
    cut: size > most,
  };
}
