import { failure, send } from "./client";

export interface Session {
  UserId: string;
  UserName: string;
  DisplayName: string;
  ExpiresAt: string;
  /** What keeps pages of notebooks from the console's: Names, Port, or Shared, which is nothing. */
  AppsOrigin?: string;
}
/** Who is signed in; or else how one can be. */
export type SignedIn = { session: Session } | { session: null; methods: string[] };

export async function getSession(): Promise<SignedIn> {
  const { response, answer } = await send("GET", "/atelier/v1/session");
  if (response.status === 401)
    return { session: null, methods: Array.isArray(answer.SignInMethods) ? answer.SignInMethods.map(String) : [] };
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
