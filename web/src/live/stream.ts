/** What the server says of something, and no more: docs/api.md, "Live". */
export interface Change {
  Kind: "Instance" | "Service" | "Recommender" | "Workspace";
  Id: string;
  Revision: number;
}
/** `reset`: anything may have changed. `ended`: the session has. `away`: nothing is heard for now. */
export type Told = { told: "changed"; changes: Change[] } | { told: "reset" | "beat" | "ended" | "away" };

export const path = "/atelier/v1/watch";
/** The server says something every 20 seconds. */
export const silence = 45_000;
/** Before the next try after the server refused, doubled each time. */
const patience = { first: 5000, most: 60_000 };

/** One stream, opened again and again until it is closed. A lost connection the browser makes up for by itself, and
 * says where it was; what the server refuses, it does not. */
export function openStream(hear: (what: Told) => void, open = (url: string) => new EventSource(url)): () => void {
  let source: EventSource;
  let watchdog: ReturnType<typeof setTimeout>;
  let wait = patience.first;

  const heard = (what: Told) => {
    wait = patience.first;
    watch();
    hear(what);
  };
  const later = () => {
    source.close();
    hear({ told: "away" });
    clearTimeout(watchdog);
    watchdog = setTimeout(connect, wait);
    wait = Math.min(2 * wait, patience.most);
  };
  const watch = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(later, silence);
  };
  const connect = () => {
    source = open(path);
    for (const told of ["reset", "beat", "ended"] as const) source.addEventListener(told, () => heard({ told }));
    source.addEventListener("changed", ({ data }: MessageEvent<string>) =>
      heard({ told: "changed", changes: (JSON.parse(data) as { Changes: Change[] }).Changes }),
    );
    source.addEventListener("error", () => (source.readyState === 2 ? later() : hear({ told: "away" })));
    watch();
  };
  connect();
  return () => {
    clearTimeout(watchdog);
    source.close();
  };
}
