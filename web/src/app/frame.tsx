import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet, useLocation } from "@tanstack/react-router";
import { useEffect } from "react";
import { getSession } from "../api/session";
import { startLive } from "../live/live";
import { Loading, Problem } from "../ui/states";
import { leaveToSignIn } from "./leave";
import Shell from "./shell";

export const sessionQuery = { queryKey: ["session"], queryFn: getSession, staleTime: 60_000 } as const;

/** Every page, with the shell around it. Whose session has ended is led to the sign-in, and back. */
export function Frame() {
  const { pathname, searchStr } = useLocation();
  const { data, error, refetch } = useQuery(sessionQuery);
  const out = data && !data.session;
  useEffect(() => {
    if (out) leaveToSignIn(pathname + searchStr);
  }, [out, pathname, searchStr]);
  const queries = useQueryClient();
  const signedIn = !!data?.session;
  useEffect(() => (signedIn ? startLive(queries) : undefined), [signedIn, queries]);
  if (!data?.session) return error ? <Problem error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <Shell session={data.session}>
      <Outlet />
    </Shell>
  );
}
