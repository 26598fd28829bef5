import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { unlessLive } from "../live/live";
import { type Answer, call } from "./client";
import { later } from "./instances";

export type Recommender = NonNullable<Answer<"DescribeInstance">["result"]>;
export type Row = NonNullable<Answer<"ListInstance">["result"]>[number];
export type Version = NonNullable<Answer<"ListDataSet">["result"]>[number];
export type Use = NonNullable<Answer<"GetRecommenderUse">["result"]>;
export type Recommended = NonNullable<Answer<"Recommend">["result"]>[number];

export const pageSize = 50;

/** A page of them. The answer has no total: a full page may have a next one. */
export const recommendersQuery = (name: string, page: number) =>
  queryOptions({
    queryKey: ["ListInstance", name, page],
    queryFn: async ({ signal }): Promise<Row[]> =>
      (await call("ListInstance", { page, size: pageSize, ...(name ? { name } : {}) }, signal)).result ?? [],
    placeholderData: keepPreviousData,
    refetchInterval: () => unlessLive(later),
  });

export const recommenderQuery = (id: string) =>
  queryOptions({
    queryKey: ["DescribeInstance", id],
    queryFn: async ({ signal }) => (await call("DescribeInstance", { instanceId: id }, signal)).result as Recommender,
    refetchInterval: () => unlessLive(later),
  });

export const useQueryOf = (id: string) =>
  queryOptions({
    queryKey: ["GetRecommenderUse", id],
    queryFn: async ({ signal }) => (await call("GetRecommenderUse", { instanceId: id }, signal)).result as Use,
    refetchInterval: later,
  });

export const versionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["ListDataSet", id],
    queryFn: async ({ signal }): Promise<Version[]> =>
      (await call("ListDataSet", { instanceId: id } as never, signal)).result ?? [],
    refetchInterval: () => unlessLive(later),
  });

export const tasksQuery = (id: string) =>
  queryOptions({
    queryKey: ["ListInstanceTask", id],
    queryFn: async ({ signal }) => (await call("ListInstanceTask", { instanceId: id }, signal)).result ?? [],
    refetchInterval: 5000,
  });
