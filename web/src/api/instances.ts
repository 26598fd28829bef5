import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { ListState } from "../app/url";
import { unlessLive } from "../live/live";
import type { Parameters } from "../query/compile";
import { QueryError } from "../query/scan";
import { useText } from "../text";
import { useSay } from "../ui/message";
import { isPassing } from "../ui/status";
import { type Answer, ApiError, type Body, call, change } from "./client";

export type Instance = Answer<"GetInstance">;
export type Row = NonNullable<Answer<"ListInstances">["Instances"]>[number];

/** How often a view asks again: soon while something moves. */
export const soon = 2000;
export const later = 10_000;

async function userId(name: string, signal?: AbortSignal): Promise<string> {
  return (await call("GetUser", { UserName: name }, signal)).User?.UserId ?? "";
}
async function workspaceId(name: string, signal?: AbortSignal): Promise<string | undefined> {
  const { Workspaces = [] } = await call("ListWorkspaces", { WorkspaceName: name, PageSize: 100 }, signal);
  return Workspaces.find((one) => one.WorkspaceName === name)?.WorkspaceId;
}

/** Names of people and workspaces as the ids that the API takes. */
export async function withIds(parameters: Parameters, signal?: AbortSignal): Promise<Record<string, string>> {
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
    refetchInterval: ({ state }) => unlessLive(state.data?.rows.some((row) => isPassing(row.Status)) ? soon : later),
  });

/** How many of those that match are in each state; whatever states the query asks for. */
export const countsQuery = (parameters: Parameters) => {
  const others = new Map(parameters);
  others.delete("Status");
  return queryOptions({
    queryKey: ["ListInstances", "counts", [...others]],
    queryFn: async ({ signal }): Promise<Record<string, number>> => {
      const { SortBy: _by, Order: _order, ...conditions } = await withIds(others, signal);
      return (
        (await call("CountInstances", { WorkspaceId: "ALL", ResourceId: "ALL", ...conditions }, signal)).Counts ?? {}
      );
    },
    placeholderData: keepPreviousData,
    refetchInterval: () => unlessLive(later),
  });
};

export const instanceQuery = (id: string) =>
  queryOptions({
    queryKey: ["GetInstance", id],
    queryFn: ({ signal }) => call("GetInstance", { InstanceId: id }, signal),
    refetchInterval: ({ state }) => unlessLive(isPassing(state.data?.Status) ? soon : later),
  });

export const operations = {
  start: "StartInstance",
  stop: "StopInstance",
  extend: "ExtendInstance",
  delete: "DeleteInstance",
} as const;
const done = { start: "started", stop: "stopped", extend: "extended", delete: "deleted" } as const;
export type Action = keyof typeof operations;

/** Does it, says so, and looks again at all that may show it. */
export function useAction() {
  const t = useText();
  const queries = useQueryClient();
  const say = useSay();
  return useMutation({
    mutationFn: ({ action, id }: { action: Action; id: string; name: string }) =>
      change(operations[action], { InstanceId: id }),
    onSuccess: (_, { action, name }) => say.success(t(`action.${done[action]}`, { name })),
    // The dialog that deletes shows it itself.
    onError: (error, { action, name }) => action !== "delete" && say.error(error, name),
    onSettled: (_data, _error, { id }) =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["ListInstances"] }),
        queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === id }),
      ]),
  });
}

export type NewInstance = Body<"CreateInstance">;
export type Spec = NonNullable<Answer<"ListEcsSpecs">["EcsSpecs"]>[number];
export type Image = NonNullable<Answer<"ListImages">["Images"]>[number];
export type Workspace = NonNullable<Answer<"ListWorkspaces">["Workspaces"]>[number];

/** What an instance can be made of. Rarely another, but for what there is room for now. */
export const specsQuery = queryOptions({
  queryKey: ["ListEcsSpecs"],
  queryFn: async ({ signal }): Promise<Spec[]> => {
    const of = (AcceleratorType: "CPU" | "GPU") =>
      call("ListEcsSpecs", { AcceleratorType, Order: "ASC", PageSize: 1000 }, signal);
    const answers = await Promise.all([of("CPU"), of("GPU")]);
    return answers.flatMap((answer) => answer.EcsSpecs ?? []);
  },
});

export type Fit = Answer<"CheckInstanceFit">;
export type TypeFit = NonNullable<Fit["Fits"]>[number];
export type Amounts = NonNullable<TypeFit["Lacks"]>;
/** What there is room for now in a workspace. Any instance that starts or stops may change it, and what others run that
 * is not shown here. */
export const fitQuery = (workspace: string) =>
  queryOptions({
    queryKey: ["ListInstances", "fit", workspace],
    queryFn: ({ signal }) => call("CheckInstanceFit", { WorkspaceId: workspace }, signal),
    refetchInterval: later,
  });
export const imagesQuery = queryOptions({
  queryKey: ["ListImages"],
  queryFn: async ({ signal }): Promise<Image[]> => (await call("ListImages", { PageSize: 100 }, signal)).Images ?? [],
});
export const workspacesQuery = queryOptions({
  queryKey: ["ListWorkspaces"],
  queryFn: async ({ signal }): Promise<Workspace[]> =>
    (await call("ListWorkspaces", { PageSize: 100 }, signal)).Workspaces ?? [],
});

/** Safari alone does not know that <id>.localhost is its own host. */
const knowsLocalhost = () => !/^(?!.*(Chrome|Chromium|Android)).*Safari/.test(navigator.userAgent);

/** Opens the notebook in a tab of its own, which the click has to make at once, or the browser forbids it. What opens
 * it is a ticket for this browser, good once. */
export async function openInstance(id: string) {
  const tab = window.open("about:blank", "_blank");
  try {
    const { Url = "", PortUrl = "" } = await change("CreateOpenLink", { InstanceId: id }, {});
    if (!tab) throw new ApiError(0, "PopupBlocked", "");
    // Its page is not the console's to reach, nor ours its.
    tab.opener = null;
    tab.location.replace(knowsLocalhost() ? Url : PortUrl);
  } catch (error) {
    tab?.close();
    throw error;
  }
}
