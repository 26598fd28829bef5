import { failure, send } from "./client";

export interface Session {
  UserId: string;
  UserName: string;
  DisplayName: string;
  ExpiresAt: string;
  /** What keeps pages of notebooks from the console's: Names, Port, or Shared, which is nothing. */
  AppsOrigin?: string;
}
/** Who is signed in; or else how one can be, and what the OpenID provider is called if that is a way. */
export type SignedIn = { session: Session } | { session: null; methods: string[]; provider: string };

export async function getSession(): Promise<SignedIn> {
  const { response, answer } = await send("GET", "/atelier/v1/session");
  if (response.status === 401)
    return {
      session: null,
      methods: Array.isArray(answer.SignInMethods) ? answer.SignInMethods.map(String) : [],
      provider: String(answer.ProviderName ?? ""),
    };
  if (!response.ok) throw failure(response.status, answer);
  return { session: answer as unknown as Session };
}

/** What is exchanged for a session. */
export type Proof = { Ticket: string } | { UserName: string; Password: string };
export async function signIn(proof: Proof): Promise<SignedIn> {
  const { response, answer } = await send("POST", "/atelier/v1/sign-in", { body: proof });
  if (!response.ok) throw failure(response.status, answer);
  return { session: answer as unknown as Session };
}

/** The address at the OpenID provider to sign in at; from there the browser comes back to this page, and to `next`. */
export async function beginAt(provider: string, next: string): Promise<string> {
  const { response, answer } = await send("POST", "/atelier/v1/sign-in", { body: { Provider: provider, Next: next } });
  if (!response.ok) throw failure(response.status, answer);
  return String(answer.Url);
}

export async function signOut() {
  const { response, answer } = await send("POST", "/atelier/v1/sign-out");
  if (!response.ok && response.status !== 401) throw failure(response.status, answer);
}

/** The ticket of the link that this page was opened with (`#ticket=`), once: it leaves the address bar and the history
 * at once. */
export function takeTicket(): string {
  if (!location.pathname.endsWith("/sign-in")) return "";
  const ticket = new URLSearchParams(location.hash.slice(1)).get("ticket") ?? "";
  if (ticket === "") return "";
  history.replaceState(null, "", location.pathname + location.search);
  return ticket;
}

/** What the provider's sign-in ended with (`?problem=`), once: it leaves the address, too. */
export function takeProblem(): string {
  const query = new URLSearchParams(location.search);
  const problem = query.get("problem") ?? "";
  if (problem === "") return "";
  query.delete("problem");
  history.replaceState(null, "", location.pathname + (query.size > 0 ? `?${query}` : "") + location.hash);
  return problem;
}
