import { queryOptions } from "@tanstack/react-query";
import type { Parameters } from "../query/compile";
import { type Answer, type Body, call, change } from "./client";
import { soon, withIds } from "./instances";

/** One thing done to many instances: a job of the server, which begins with what a dry run has shown. */
export type BulkAction = "stop" | "start" | "delete";
type Conditions = Record<string, string>;
export type DryRun = NonNullable<Answer<"CreateBulkJob">["DryRun"]>;
export type Share = NonNullable<DryRun["Shares"]>[number];
export type Job = Answer<"GetBulkJob">;
export interface Plan {
  conditions: Conditions;
  dry: DryRun;
  act: number; // how many will be acted on
}

const actions = { stop: "Stop", start: "Start", delete: "Delete" } as const satisfies Record<
  BulkAction,
  Body<"CreateBulkJob">["Action"]
>;
export const actionOf = (name: string | undefined): BulkAction =>
  name === "Start" ? "start" : name === "Delete" ? "delete" : "stop";

/** What would happen to all that match; changes nothing. */
export async function plan(action: BulkAction, query: Parameters, signal: AbortSignal): Promise<Plan> {
  const { SortBy: _by, Order: _order, ...found } = await withIds(query, signal);
  const conditions = { WorkspaceId: "ALL", ResourceId: "ALL", ...found };
  const { DryRun: dry } = await change(
    "CreateBulkJob",
    {},
    { Action: actions[action], Query: conditions, DryRun: true },
  );
  if (!dry) throw new Error("The answer has no dry run.");
  const acts = (dry.Shares ?? []).filter(({ Outcome: outcome }) => outcome === "Act");
  return { conditions, dry, act: acts.reduce((sum, { Count: count }) => sum + count, 0) };
}

/** The id of the job. With the same token a repeat is the same job. */
export async function begin(action: BulkAction, { conditions, dry }: Plan, token: string): Promise<string> {
  const { BulkJobId: id = "" } = await change(
    "CreateBulkJob",
    {},
    {
      Action: actions[action],
      Query: conditions,
      Revision: dry.Revision,
      TotalCount: dry.TotalCount,
      ClientToken: token,
    },
  );
  return id;
}

export const isOver = (job: Pick<Job, "Status"> | undefined) =>
  !!job && job.Status !== "Running" && job.Status !== "Stopping";

/** How far a job is, as long as it runs. */
export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ["GetBulkJob", id],
    queryFn: ({ signal }) => call("GetBulkJob", { BulkJobId: id }, signal),
    refetchInterval: ({ state }) => (isOver(state.data) ? false : soon / 4),
  });

/** My jobs that run: a tab that was closed has not ended them. */
export const jobsQuery = queryOptions({
  queryKey: ["ListBulkJobs"],
  queryFn: async ({ signal }) => {
    const { BulkJobs: jobs = [] } = await call("ListBulkJobs", { PageSize: 10 }, signal);
    return jobs.filter((job) => !isOver(job));
  },
  staleTime: 10_000,
});

export const halt = (id: string) => change("StopBulkJob", { BulkJobId: id });
