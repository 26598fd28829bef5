import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useSay } from "../ui/message";
import { type Answer, call, change } from "./client";

/** What a member of an answer holds, which may be absent. */
type In<Whole, Key extends keyof NonNullable<Whole>> = NonNullable<NonNullable<Whole>[Key]>;
export type Key = In<Answer<"ListAccessKeys">["AccessKeys"], "AccessKey">[number];
export type User = In<Answer<"ListUsers">["Users"], "User">[number];
export type Policy = In<Answer<"ListPolicies">["Policies"], "Policy">[number];
export type Session = In<Answer<"ListSessions">, "Sessions">[number];
export type Member = In<Answer<"ListMembers">, "Members">[number];
export type AuditRecord = In<Answer<"ListAuditRecords">, "AuditRecords">[number];

/** Of the caller. */
export const keysQuery = queryOptions({
  queryKey: ["ListAccessKeys"],
  queryFn: async ({ signal }): Promise<Key[]> => (await call("ListAccessKeys", {}, signal)).AccessKeys?.AccessKey ?? [],
});

/** When one of the caller's keys was used last, from where and for what. */
export const keyUseQuery = (id: string) =>
  queryOptions({
    queryKey: ["GetAccessKeyLastUsed", id],
    queryFn: async ({ signal }) =>
      (await call("GetAccessKeyLastUsed", { UserAccessKeyId: id }, signal)).AccessKeyLastUsed ?? {},
    staleTime: 60_000,
  });

/** Of a user; of nobody: the caller's own. */
export const sessionsQuery = (user: string) =>
  queryOptions({
    queryKey: ["ListSessions", user],
    queryFn: ({ signal }) =>
      call("ListSessions", { ...(user ? { UserId: user } : {}), PageSize: 100 } as never, signal),
  });

/** All of them, however many pages they are. */
export const usersQuery = queryOptions({
  queryKey: ["ListUsers"],
  queryFn: async ({ signal }): Promise<User[]> => {
    const users: User[] = [];
    for (let marker: string | undefined = ""; marker !== undefined;) {
      const answer: Answer<"ListUsers"> = await call(
        "ListUsers",
        { MaxItems: 1000, ...(marker ? { Marker: marker } : {}) },
        signal,
      );
      users.push(...(answer.Users?.User ?? []));
      marker = answer.Marker;
    }
    return users;
  },
});

export const policiesQuery = queryOptions({
  queryKey: ["ListPolicies"],
  queryFn: async ({ signal }): Promise<Policy[]> =>
    (await call("ListPolicies", { MaxItems: 1000 }, signal)).Policies?.Policy ?? [],
});

export const attachedQuery = (user: string) =>
  queryOptions({
    queryKey: ["ListPoliciesForUser", user],
    queryFn: async ({ signal }): Promise<Policy[]> =>
      (await call("ListPoliciesForUser", { UserName: user }, signal)).Policies?.Policy ?? [],
  });

export const workspaceQuery = (id: string) =>
  queryOptions({
    queryKey: ["GetWorkspace", id],
    queryFn: ({ signal }) => call("GetWorkspace", { WorkspaceId: id }, signal),
  });

export const membersQuery = (id: string, page: number) =>
  queryOptions({
    queryKey: ["ListMembers", id, page],
    queryFn: ({ signal }) => call("ListMembers", { WorkspaceId: id, PageNumber: page, PageSize: 50 }, signal),
  });

/** The id of the user with this login name; a number is an id already. */
export const userIdOf = async (name: string): Promise<string> =>
  /^\d+$/.test(name) ? name : ((await change("GetUser", { UserName: name })).User?.UserId ?? "");

/** Does something, says what became of it, and looks again at the answers of these operations. */
export function useChange<Value, Result>(
  run: (value: Value) => Promise<Result>,
  { again, said, what }: { again: string[]; said?: (value: Value) => string; what: (value: Value) => string },
) {
  const queries = useQueryClient();
  const say = useSay();
  return useMutation({
    mutationFn: run,
    onSuccess: (_, value) => said && say.success(said(value)),
    onError: (error, value) => say.error(error, what(value)),
    onSettled: () => Promise.all(again.map((operation) => queries.invalidateQueries({ queryKey: [operation] }))),
  });
}
