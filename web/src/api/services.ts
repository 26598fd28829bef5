import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { unlessLive } from "../live/live";
import { useText } from "../text";
import { useSay } from "../ui/message";
import { isPassing } from "../ui/status";
import { type Answer, call, change } from "./client";
import { later, soon } from "./instances";

export type Service = Answer<"DescribeService">;
export type Version = NonNullable<Answer<"ListServiceVersions">["Versions"]>[number];
export type Replica = NonNullable<Answer<"ListServiceInstances">["Instances"]>[number];

/** The cluster that paths of services begin with. There is one, and it stays. */
const clusterQuery = queryOptions({
  queryKey: ["DescribeRegions"],
  queryFn: async ({ signal }) => (await call("DescribeRegions", {}, signal)).Regions?.[0]?.RegionId ?? "",
  staleTime: Infinity,
});

/** The path of a service: what each of its operations asks for. */
function usePath() {
  const queries = useQueryClient();
  return async (name: string) => ({ ClusterId: await queries.ensureQueryData(clusterQuery), ServiceName: name });
}

export interface Asked {
  owner?: string; // id of the user
  q: string; // a part of the name
  status: string;
  page: number;
  size: number;
}

export const servicesQuery = ({ owner = "", q, status, page, size }: Asked) =>
  queryOptions({
    queryKey: ["ListServices", owner, q, status, page, size],
    queryFn: async ({ signal }) => {
      const answer = await call(
        "ListServices",
        {
          Sort: "CreateTime",
          Order: "desc",
          ...(owner ? { CallerUid: owner } : {}),
          ...(q ? { Filter: q } : {}),
          ...(status ? { ServiceStatus: status as never } : {}),
          PageNumber: page,
          PageSize: size,
        },
        signal,
      );
      return { rows: answer.Services ?? [], total: answer.TotalCount ?? 0 };
    },
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => unlessLive(state.data?.rows.some((row) => isPassing(row.Status)) ? soon : later),
  });

/** What the tabs of a service ask for. */
export function useServiceQueries(name: string) {
  const path = usePath();
  const all = <T>(
    operation: string,
    ask: (of: { ClusterId: string; ServiceName: string }, signal: AbortSignal) => Promise<T>,
  ) =>
    queryOptions({
      queryKey: [operation, name],
      queryFn: async ({ signal }) => ask(await path(name), signal),
      refetchInterval: () => unlessLive(5000),
    });
  return {
    service: {
      ...all("DescribeService", (of, signal) => call("DescribeService", of, signal)),
      refetchInterval: () => unlessLive(soon),
    },
    replicas: all("ListServiceInstances", async (of, signal) => {
      const answer = await call("ListServiceInstances", { ...of, PageSize: 100 }, signal);
      return { rows: answer.Instances ?? [], total: answer.TotalCount ?? 0 };
    }),
    diagnosis: all("DescribeServiceDiagnosis", async (of, signal) => {
      return (await call("DescribeServiceDiagnosis", of, signal)).DiagnosisList ?? [];
    }),
    versions: all("ListServiceVersions", async (of, signal) => {
      return (await call("ListServiceVersions", { ...of, PageSize: 100 }, signal)).Versions ?? [];
    }),
    scaler: all("DescribeServiceAutoScaler", (of, signal) => call("DescribeServiceAutoScaler", of, signal)),
    events: all("DescribeServiceEvent", async (of, signal) => {
      return (await call("DescribeServiceEvent", { ...of, PageSize: 100 }, signal)).Events ?? [];
    }),
  };
}

/** The last lines: pages begin with the oldest, so the number of the last one comes first. `previous`: of the runs
 * before. */
export function useServiceLog(name: string, previous: boolean, follow: boolean) {
  const path = usePath();
  return queryOptions({
    queryKey: ["DescribeServiceLog", name, previous],
    queryFn: async ({ signal }) => {
      const asked = { ...(await path(name)), PageSize: 100, ...(previous ? { Previous: true } : {}) };
      const first = await call("DescribeServiceLog", asked, signal);
      const last = first.TotalPageNum ?? 1;
      if (last <= 1) return { lines: first.Logs ?? [], total: first.TotalCount ?? 0 };
      const pages = await Promise.all(
        [last - 1, last]
          .filter((page) => page > 1)
          .map((page) => call("DescribeServiceLog", { ...asked, PageNum: page }, signal)),
      );
      const lines = [...(last === 2 ? (first.Logs ?? []) : []), ...pages.flatMap((page) => page.Logs ?? [])];
      return { lines, total: first.TotalCount ?? 0 };
    },
    refetchInterval: follow ? 3000 : false,
  });
}

type Change = { name: string } & ({ action: "start" | "stop" } | { action: "rollBack"; version: number });
const done = { start: "started", stop: "stopped", rollBack: "rolledBack" } as const;

/** Looks again at all that may show a service. */
function useLookAgain() {
  const queries = useQueryClient();
  return (name: string) =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ["ListServices"] }),
      queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === name }),
    ]);
}

/** Makes a service of a service JSON. `workspace`: "": the configuration or the server chooses it. */
export function useCreateService() {
  const t = useText();
  const say = useSay();
  const again = useLookAgain();
  return useMutation({
    mutationFn: ({ config, workspace }: { config: object; workspace: string }) =>
      change("CreateService", workspace ? { WorkspaceId: workspace } : {}, config as never),
    onSuccess: ({ ServiceName: name = "" }) => {
      say.success(t("action.created", { name }));
      return again(name);
    },
  });
}

/** Changes the configuration of a service. The page shows what the server says. */
export function useUpdateService() {
  const path = usePath();
  const again = useLookAgain();
  return useMutation({
    mutationFn: async ({ name, type, config }: { name: string; type: "merge" | "replace"; config: object }) =>
      change("UpdateService", { ...(await path(name)), UpdateType: type }, config as never),
    onSettled: (_data, _error, { name }) => again(name),
  });
}

/** Does it, says so, and looks again at all that may show it. */
export function useServiceAction() {
  const t = useText();
  const path = usePath();
  const again = useLookAgain();
  const say = useSay();
  return useMutation({
    mutationFn: async (wanted: Change) => {
      const of = await path(wanted.name);
      if (wanted.action === "rollBack") return change("UpdateServiceVersion", of, { Version: wanted.version });
      return change(wanted.action === "start" ? "StartService" : "StopService", of);
    },
    onSuccess: (_, { action, name }) => say.success(t(`action.${done[action]}`, { name })),
    // The dialog that goes to a version shows it itself.
    onError: (error, { action, name }) => action !== "rollBack" && say.error(error, name),
    onSettled: (_data, _error, { name }) => again(name),
  });
}
