import { type FormEvent, type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "../api/client";
import { beginAt, getSession, type Proof, signIn, takeProblem, takeTicket } from "../api/session";
import { leaveTo } from "../app/leave";
import { readNext } from "../app/url";
import { useText } from "../text";
import { Loading, Problem } from "../ui/states";
import { Title } from "../ui/title";

interface Props {
  ticket: string; // of the link that the page was opened with; empty: none
  enter: () => void; // somebody is signed in: on to the console
}

/** What came of trying: what was refused is said even to who is signed in, for it may be somebody else's. */
type State =
  | { is: "trying"; ticket: boolean }
  | { is: "broken"; error: Error }
  | { is: "asking"; said: Notice; name: string; methods: string[]; provider: string };
type Notice = "" | "failed" | "refused" | "away";

export function SignIn({ ticket, enter }: Props) {
  const [state, setState] = useState<State>({ is: "trying", ticket: ticket !== "" });
  const attempt = useCallback(
    async (ticket: string, problem = "") => {
      setState({ is: "trying", ticket: ticket !== "" });
      try {
        if (ticket !== "" && (await accepted({ Ticket: ticket }))) return enter();
        const { session, ...rest } = await getSession();
        if (session && ticket === "" && problem === "") return enter();
        const ways = "methods" in rest ? rest : { methods: [], provider: "" };
        const name = session ? session.DisplayName || session.UserName : "";
        const said = ticket !== "" ? "failed" : problem === "" ? "" : problem === "SignInFailed" ? "refused" : "away";
        setState({ is: "asking", said, name, ...ways });
      } catch (error) {
        setState({ is: "broken", error: error as Error });
      }
    },
    [enter],
  );
  const first = useRef<string | undefined>(ticket);
  useEffect(() => {
    if (first.current !== undefined) void attempt(first.current, takeProblem());
    first.current = undefined;
    // A link that is opened where this page is open already does not load it again.
    const look = () => {
      const next = takeTicket();
      if (next !== "") void attempt(next);
    };
    addEventListener("hashchange", look);
    return () => removeEventListener("hashchange", look);
  }, [attempt]);
  return (
    <Page>
      <Said state={state} enter={enter} retry={() => void attempt("")} />
    </Page>
  );
}

/** Whether the server took it. What is not about that is thrown on. */
async function accepted(proof: Proof): Promise<boolean> {
  try {
    await signIn(proof);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === "SignInFailed") return false;
    throw error;
  }
}

function Page({ children }: { children: ReactNode }) {
  const t = useText();
  return (
    <main className="sign-in" id="content">
      <img src={`${import.meta.env.BASE_URL}atelier.svg`} alt="" width={40} height={40} />
      <Title>{t("signIn.title")}</Title>
      {children}
    </main>
  );
}

function Said({ state, enter, retry }: { state: State; enter: () => void; retry: () => void }) {
  const t = useText();
  if (state.is === "trying") return state.ticket ? <p role="status">{t("signIn.working")}</p> : <Loading />;
  if (state.is === "broken") return <Problem error={state.error} retry={retry} />;
  return (
    <>
      {state.said !== "" && (
        <p role="alert" className="problem">
          {t(`signIn.${state.said}`)}
        </p>
      )}
      {state.name !== "" ? (
        <button type="button" className="button" onClick={enter}>
          {t("signIn.stay", { name: state.name })}
        </button>
      ) : (
        <>
          {state.methods.includes("Oidc") && <ByProvider name={state.provider} />}
          {state.methods.includes("Password") && <ByPassword enter={enter} />}
          {state.methods.includes("Link") && <ByLink />}
          {state.methods.length === 0 && <p>{t("signIn.none")}</p>}
        </>
      )}
    </>
  );
}

function ByLink() {
  const t = useText();
  return (
    <>
      <p>{t("signIn.link")}</p>
      <pre>atelier console</pre>
      <p className="quiet">{t("signIn.linkUse")}</p>
    </>
  );
}

function ByProvider({ name }: { name: string }) {
  const t = useText();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<Error>();
  const go = async () => {
    setBusy(true);
    setFailed(undefined);
    try {
      leaveTo(await beginAt(name, readNext(new URLSearchParams(location.search).get("next"))));
    } catch (error) {
      setFailed(error as Error);
      setBusy(false);
    }
  };
  return (
    <>
      {failed && <Problem error={failed} />}
      <button type="button" className="button button-primary" disabled={busy} onClick={() => void go()}>
        {t("signIn.byProvider", { name })}
      </button>
    </>
  );
}

function ByPassword({ enter }: { enter: () => void }) {
  const t = useText();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<Error | "refused">();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    setBusy(true);
    setFailed(undefined);
    try {
      if (await accepted({ UserName: String(typed.get("name")), Password: String(typed.get("password")) }))
        return enter();
      setFailed("refused");
    } catch (error) {
      setFailed(error as Error);
    }
    setBusy(false);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label className="field">
        {t("signIn.name")}
        <input className="input" name="name" required autoComplete="username" spellCheck={false} />
      </label>
      <label className="field">
        {t("signIn.password")}
        <input className="input" name="password" type="password" required autoComplete="current-password" />
      </label>
      {failed === "refused" && (
        <p role="alert" className="problem">
          {t("signIn.wrong")}
        </p>
      )}
      {failed instanceof Error && <Problem error={failed} />}
      <button type="submit" className="button button-primary" disabled={busy}>
        {t("signIn.title")}
      </button>
    </form>
  );
}
