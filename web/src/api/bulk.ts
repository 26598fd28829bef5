import type { Parameters } from "../query/compile";
import { canStart, canStop } from "../ui/status";
import { ApiError, call, change } from "./client";
import { operations, withIds } from "./instances";

/** One thing done to many instances: looked at first, then done to each, as far as it is still among those meant. */
export type BulkAction = "stop" | "start" | "delete";
export interface Match {
  id: string;
  name: string;
  status: string;
}
export interface Plan {
  act: Match[];
  skip: Match[]; // their states do not allow it
  more: number; // that match, and are beyond what one run takes
}
export interface Progress {
  done: number;
  skipped: number; // those that no longer matched, or were in another state by then
  failed: Map<string, Match[]>; // by what the server said
}

/** What one run takes at most. */
export const most = 5000;
const pageSize = 1000;
const batch = 50;
const atOnce = 6;

const allowed: Record<BulkAction, (status: string) => boolean> = {
  stop: canStop,
  start: canStart,
  delete: (status) => status !== "Deleting",
};

async function page(parameters: Record<string, string>, number: number, size: number, signal: AbortSignal) {
  const answer = await call(
    "ListInstances",
    {
      WorkspaceId: "ALL",
      ResourceId: "ALL",
      ...parameters,
      // Whatever the query sorts by: what is made or changed meanwhile moves nothing to another page.
      SortBy: "GmtCreateTime",
      Order: "ASC",
      PageNumber: number,
      PageSize: size,
    },
    signal,
  );
  const rows = (answer.Instances ?? []).map(
    ({ InstanceId: id = "", InstanceName: name = "", Status: status = "" }): Match => ({ id, name, status }),
  );
  return { rows, total: answer.TotalCount ?? 0 };
}

/** A list of ids in pieces that fit into an address. */
function pieces(parameters: Record<string, string>): Record<string, string>[] {
  const ids = parameters.InstanceId?.split(",") ?? [];
  if (ids.length <= batch) return [parameters];
  const starts = Array.from({ length: Math.ceil(ids.length / batch) }, (_, index) => index * batch);
  return starts.map((at) => ({ ...parameters, InstanceId: ids.slice(at, at + batch).join(",") }));
}

/** What would happen to all that match; changes nothing. */
export async function plan(action: BulkAction, query: Parameters, signal: AbortSignal): Promise<Plan> {
  const found = new Map<string, Match>();
  let total = 0;
  for (const parameters of pieces(await withIds(query, signal))) {
    for (let number = 1, rest = true; rest && found.size < most; ++number) {
      const { rows, total: now } = await page(parameters, number, pageSize, signal);
      if (number === 1) total += now;
      for (const row of rows.slice(0, most - found.size)) found.set(row.id, row);
      rest = rows.length === pageSize;
    }
  }
  const all = [...found.values()];
  const may = (one: Match) => allowed[action](one.status);
  return { act: all.filter(may), skip: all.filter((one) => !may(one)), more: Math.max(0, total - all.length) };
}

/** Does it, batch by batch: each batch is asked for by the same query once more, and what has left it is left alone. */
export async function run(
  action: BulkAction,
  query: Parameters,
  targets: Match[],
  signal: AbortSignal,
  tell: (progress: Progress) => void,
) {
  const parameters = await withIds(query, signal);
  const progress: Progress = { done: 0, skipped: 0, failed: new Map() };
  const one = async (target: Match) => {
    try {
      await change(operations[action], { InstanceId: target.id });
      ++progress.done;
    } catch (error) {
      const why = error instanceof ApiError ? error.message || error.code : String(error);
      progress.failed.set(why, [...(progress.failed.get(why) ?? []), target]);
    }
    tell({ ...progress });
  };
  for (let at = 0; at < targets.length && !signal.aborted; at += batch) {
    const meant = targets.slice(at, at + batch);
    const ids = meant.map(({ id }) => id).join(",");
    const { rows } = await page({ ...parameters, InstanceId: ids }, 1, batch, signal);
    const still = rows.filter((row) => allowed[action](row.status));
    progress.skipped += meant.length - still.length;
    tell({ ...progress });
    const waiting = still.values();
    // An iterator that all share gives each target to one of them.
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (const target of waiting) {
          if (signal.aborted) return;
          await one(target);
        }
      }),
    );
  }
}
