import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { ApiError } from "../api/client";
import { signIn, takeTicket } from "../api/session";
import { sessionQuery } from "../app/frame";
import { readNext } from "../app/url";
import { useText } from "../text";
import { Loading, Problem } from "../ui/states";
import { Title } from "../ui/title";

const isLink = (method: string) =>
  ["link", "ticket", "onetimelink"].includes(method.toLowerCase().replace(/[^a-z]/g, ""));

export function SignIn() {
  const t = useText();
  const queries = useQueryClient();
  const { next } = useSearch({ strict: false }) as { next?: string };
  const [ticket, setTicket] = useState(takeTicket);
  const [failed, setFailed] = useState<Error>();
  const tried = useRef("");
  // A link is tried before who is signed in is asked: it may be somebody else's.
  const waiting = ticket !== "" && !failed;
  const { data, error, refetch } = useQuery({ ...sessionQuery, enabled: !waiting });

  // A link that is opened where this page is open already does not load it again.
  useEffect(() => {
    const look = () => {
      const next = takeTicket();
      if (next === "") return;
      setFailed(undefined);
      setTicket(next);
    };
    addEventListener("hashchange", look);
    return () => removeEventListener("hashchange", look);
  }, []);
  useEffect(() => {
    if (ticket === "" || tried.current === ticket) return;
    tried.current = ticket;
    signIn(ticket).then(
      async (signedIn) => {
        // An answer of before the sign-in must not come after it.
        await queries.cancelQueries({ queryKey: sessionQuery.queryKey });
        // What another person saw here before is not shown to this one.
        queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
        queries.setQueryData(sessionQuery.queryKey, signedIn);
      },
      (reason: Error) => setFailed(reason),
    );
  }, [ticket, queries]);

  if (data?.session) return <Navigate to={readNext(next)} replace />;
  const refused = failed instanceof ApiError && failed.status >= 400 && failed.status < 500;
  return (
    <main className="sign-in" id="content">
      <img src={`${import.meta.env.BASE_URL}atelier.svg`} alt="" width={40} height={40} />
      <Title>{t("signIn.title")}</Title>
      {waiting && <p role="status">{t("signIn.working")}</p>}
      {failed && refused && (
        <p role="alert" className="problem">
          {t("signIn.failed")}
        </p>
      )}
      {failed && !refused && <Problem error={failed} />}
      {!waiting && !data && (error ? <Problem error={error} retry={() => void refetch()} /> : <Loading />)}
      {!waiting && data && !data.session && (data.methods.some(isLink) ? <ByLink /> : <p>{t("signIn.none")}</p>)}
    </main>
  );
}

function ByLink() {
  const t = useText();
  return (
    <>
      <p>{t("signIn.link")}</p>
      <pre>atelier console</pre>
      <p>{t("signIn.linkUse")}</p>
    </>
  );
}
