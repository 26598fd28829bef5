import { openStream, type Told } from "./stream";

const name = "atelier.live";
/** A browser has six connections to a server: of all its tabs one has a stream, and tells the others. */
export interface Parts {
  locks: Pick<LockManager, "request">;
  channel: () => Pick<BroadcastChannel, "postMessage" | "close"> & {
    onmessage: ((event: MessageEvent<Told>) => void) | null;
  };
  stream: (hear: (what: Told) => void) => () => void;
}

/** What this browser has for it; undefined: not all of it. */
export function ownParts(): Parts | undefined {
  if (!("EventSource" in globalThis) || !("BroadcastChannel" in globalThis)) return undefined;
  const { locks } = navigator as { locks?: LockManager };
  return locks && { locks, channel: () => new BroadcastChannel(name), stream: (hear) => openStream(hear) };
}

/** Hears what the one stream says, whoever has it. Whose tab closes leaves the lock to the next. */
export function follow(hear: (what: Told) => void, { locks, channel, stream }: Parts): () => void {
  const tabs = channel();
  const leaving = new AbortController();
  tabs.onmessage = ({ data }) => hear(data);
  const lead = () =>
    new Promise<void>((release) => {
      if (leaving.signal.aborted) return release();
      const close = stream((what) => {
        tabs.postMessage(what);
        hear(what);
      });
      leaving.signal.addEventListener("abort", () => {
        close();
        release();
      });
    });
  // It ends in an error when this tab stops waiting for its turn.
  locks.request(name, { signal: leaving.signal }, lead).catch(() => {});
  return () => {
    leaving.abort();
    tabs.onmessage = null;
    tabs.close();
  };
}
