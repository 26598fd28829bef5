import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { type Change, silence, type Told } from "./stream";
import { follow, ownParts, type Parts } from "./tabs";

/** The answers that show something: of many, and of the one that their key names second. */
const shownBy: Record<Change["Kind"], { many: string[]; one: string[] }> = {
  Instance: { many: ["ListInstances"], one: ["GetInstance", "GetLifecycle", "GetInstanceEvents"] },
  Service: {
    many: ["ListServices"],
    one: [
      "DescribeService",
      "ListServiceInstances",
      "ListServiceVersions",
      "DescribeServiceEvent",
      "DescribeServiceDiagnosis",
    ],
  },
  Recommender: { many: ["ListInstance"], one: ["DescribeInstance", "ListDataSet"] },
  Workspace: { many: ["ListWorkspaces"], one: ["GetWorkspace", "ListMembers"] },
};
const all = new Set(Object.values(shownBy).flatMap(({ many, one }) => [...many, ...one]));

/** Whether an answer may show one of these things; "all": whether it shows any. */
export function shows(changes: readonly Change[] | "all", [operation, id]: QueryKey): boolean {
  if (changes === "all") return all.has(String(operation));
  return changes.some(({ Kind, Id }) => {
    const { many, one } = shownBy[Kind] ?? { many: [], one: [] };
    return many.includes(String(operation)) || (id === Id && one.includes(String(operation)));
  });
}

/** How often a view asks again although it is told: what changes without being written down, such as an age. */
const rarely = 60_000;
/** A tab asks for what it shows at most this often, however much it is told. */
const pause = 1000;
/** A tab that nobody has looked at for so long follows no more, until somebody does. */
export const unseen = 5 * 60_000;

let heardUntil = 0;
const isLive = () => Date.now() < heardUntil;
/** How often a view asks again. */
export const unlessLive = (milliseconds: number) => (isLive() ? rarely : milliseconds);

/** What a tab does with what it hears. */
export function listener(client: QueryClient): { hear: (what: Told) => void; stop: () => void } {
  let pending: Change[] | "all" = [];
  let next = 0; // when it may ask again
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = () => {
    const changes = pending;
    pending = [];
    timer = undefined;
    next = Date.now() + pause;
    // Hidden, it asks when it is looked at.
    const refetchType = document.hidden ? "none" : "active";
    const predicate = ({ queryKey }: { queryKey: QueryKey }) => shows(changes, queryKey);
    const underWay = client.getQueryCache().findAll({ predicate, fetchStatus: "fetching" });
    void client.invalidateQueries({ predicate, refetchType });
    // A first answer is not asked for twice at once, and may be of before the change.
    if (underWay.some(({ state }) => state.data === undefined)) lookAgain(changes);
  };
  const lookAgain = (changes: Change[] | "all") => {
    pending = pending === "all" || changes === "all" ? "all" : [...pending, ...changes];
    timer ??= setTimeout(ask, Math.max(0, next - Date.now()));
  };
  return {
    hear: (what) => {
      const was = isLive();
      heardUntil = what.told === "away" || what.told === "ended" ? 0 : Date.now() + silence;
      // Who begins to hear may have missed something; who hears no more begins to ask by itself.
      if (what.told === "reset" || was !== isLive()) lookAgain("all");
      else if (what.told === "changed") lookAgain(what.changes);
      if (what.told === "ended") void client.invalidateQueries({ queryKey: ["session"] });
    },
    stop: () => {
      clearTimeout(timer);
      heardUntil = 0;
    },
  };
}

/** Keeps what the console shows true as the server says what has changed. Where it cannot, views ask now and then. */
export function startLive(client: QueryClient, parts: Parts | undefined = ownParts()): () => void {
  if (!parts) return () => {};
  const { hear, stop } = listener(client);
  let leave: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const seen = () => {
    clearTimeout(timer);
    if (!document.hidden) leave ??= follow(hear, parts);
    else
      timer = setTimeout(() => {
        leave?.();
        leave = undefined;
        hear({ told: "away" });
      }, unseen);
  };
  document.addEventListener("visibilitychange", seen);
  leave = follow(hear, parts);
  seen();
  return () => {
    document.removeEventListener("visibilitychange", seen);
    clearTimeout(timer);
    leave?.();
    stop();
  };
}
