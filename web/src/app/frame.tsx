import { useQuery } from "@tanstack/react-query";
import { Navigate, Outlet, useLocation } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { getSession } from "../api/session";
import { Loading, Problem } from "../ui/states";

const Shell = lazy(() => import("./shell"));

export const sessionQuery = { queryKey: ["session"], queryFn: getSession, staleTime: 60_000 } as const;

/** Every page: the shell around it for who is signed in, the sign-in for who is not. */
export function Frame() {
  const { pathname, searchStr } = useLocation();
  // It asks who is signed in by itself, and only once a ticket has been tried.
  if (pathname === "/sign-in") return <Outlet />;
  return <Guarded next={pathname === "/" && searchStr === "" ? undefined : pathname + searchStr} />;
}

function Guarded({ next }: { next: string | undefined }) {
  const { data, error, refetch } = useQuery(sessionQuery);
  if (!data) return error ? <Problem error={error} retry={() => void refetch()} /> : <Loading />;
  if (!data.session) return <Navigate to="/sign-in" search={next ? { next } : {}} replace />;
  return (
    <Suspense fallback={<Loading />}>
      <Shell session={data.session}>
        <Outlet />
      </Shell>
    </Suspense>
  );
}
