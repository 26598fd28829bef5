import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import type { ListState } from "../app/url";
import type { Parameters } from "../query/compile";
import { QueryError } from "../query/scan";
import { useText } from "../text";
import { isPassing } from "../ui/status";
import { type Answer, ApiError, call, rpc } from "./client";

export type Instance = Answer<"GetInstance">;
export type Row = NonNullable<Answer<"ListInstances">["Instances"]>[number];

/** How often a view asks again: soon while something moves. */
const soon = 2000;
const later = 10_000;

async function userId(name: string, signal?: AbortSignal): Promise<string> {
  const answer = await rpc("GetUser", "2015-05-01", { UserName: name }, signal);
  return (answer.User as { UserId: string }).UserId;
}
async function workspaceId(name: string, signal?: AbortSignal): Promise<string | undefined> {
  const { Workspaces = [] } = await call("ListWorkspaces", { WorkspaceName: name, PageSize: 100 }, signal);
  return Workspaces.find((one) => one.WorkspaceName === name)?.WorkspaceId;
}

/** Names of people and workspaces as the ids that the API takes. */
async function withIds(parameters: Parameters, signal?: AbortSignal): Promise<Record<string, string>> {
  const found = Object.fromEntries(parameters);
  const { CreateUserId: owner, WorkspaceId: workspace } = found;
  if (owner && !/^\d+$/.test(owner)) {
    try {
      found.CreateUserId = await userId(owner, signal);
    } catch (error) {
      if (error instanceof ApiError && [403, 404].includes(error.status))
        throw new QueryError(-1, "owner", { value: owner });
      throw error;
    }
  }
  if (workspace && !/^\d+$/.test(workspace)) {
    const id = await workspaceId(workspace, signal);
    if (!id) throw new QueryError(-1, "workspace", { value: workspace });
    found.WorkspaceId = id;
  }
  return found;
}

export interface Page {
  rows: Row[];
  total: number;
  ms: number;
}

export const listQuery = (parameters: Parameters, { page, size }: Omit<ListState, "q">) =>
  queryOptions({
    queryKey: ["ListInstances", [...parameters], page, size],
    queryFn: async ({ signal }): Promise<Page> => {
      const asked = await withIds(parameters, signal);
      const began = performance.now();
      const answer = await call(
        "ListInstances",
        {
          WorkspaceId: "ALL",
          ResourceId: "ALL",
          SortBy: "GmtCreateTime",
          Order: "DESC",
          ...asked,
          PageNumber: page,
          PageSize: size,
        },
        signal,
      );
      return { rows: answer.Instances ?? [], total: answer.TotalCount ?? 0, ms: Math.round(performance.now() - began) };
    },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.rows.some((row) => isPassing(row.Status)) ? soon : later),
  });

export const instanceQuery = (id: string) =>
  queryOptions({
    queryKey: ["GetInstance", id],
    queryFn: ({ signal }) => call("GetInstance", { InstanceId: id }, signal),
    refetchInterval: ({ state }) => (isPassing(state.data?.Status) ? soon : later),
  });

const operations = { start: "StartInstance", stop: "StopInstance", extend: "ExtendInstance" } as const;
const done = { start: "started", stop: "stopped", extend: "extended" } as const;
export type Action = keyof typeof operations;

/** Does it, says so, and looks again at all that may show it. */
export function useAction() {
  const t = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  return useMutation({
    mutationFn: ({ action, id }: { action: Action; id: string; name: string }) =>
      call(operations[action], { InstanceId: id }),
    onSuccess: (_, { action, name }) => void message.success(t(`action.${done[action]}`, { name })),
    onError: (error) =>
      void message.error(
        error instanceof ApiError && error.message ? `${error.code}: ${error.message}` : t("error.offline"),
      ),
    onSettled: (_data, _error, { id }) =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["ListInstances"] }),
        queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === id }),
      ]),
  });
}
