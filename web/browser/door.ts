import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ask, signedHeaders } from "./signed";
import type { Server } from "./server";

/** Stands before the server and plays the part of its sessions, which it does not have yet: a ticket makes one, and
 * what a signed-in browser asks is signed with the main account's key. All else is the server's own. */
export async function openDoor(server: Server) {
  const { key } = server;
  const identity = await ask(key, "POST", "/?Action=GetCallerIdentity&Version=2015-04-01");
  const who = {
    UserId: String(identity.AccountId),
    UserName: "atelier",
    DisplayName: "Ada",
    ExpiresAt: "2099-01-01T00:00:00Z",
  };
  const tickets = new Set<string>();
  const down = { is: false }; // the API, not the console's files

  const door = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => answer(incoming, outgoing, Buffer.concat(chunks).toString()));
  });

  function answer(incoming: IncomingMessage, outgoing: ServerResponse, body: string) {
    const url = new URL(incoming.url ?? "/", key.endpoint);
    const path = url.pathname;
    const isApi = path.startsWith("/api/") || path.startsWith("/atelier/") || url.searchParams.has("Action");
    const signedIn = /\batelier=(\w+)/.test(incoming.headers.cookie ?? "");
    const json = (status: number, value: object, headers = {}) =>
      outgoing
        .writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers })
        .end(JSON.stringify(value));

    if (isApi && down.is) return outgoing.destroy();
    if (isApi && incoming.headers["x-atelier-console"] !== "1")
      return json(403, { Code: "Forbidden", Message: "Not from the console." });
    if (path === "/atelier/v1/sign-in") {
      const { Ticket } = JSON.parse(body) as { Ticket: string };
      if (!tickets.delete(Ticket)) return json(401, { Code: "InvalidTicket", Message: "The ticket is not valid." });
      return json(200, who, { "set-cookie": "atelier=1; HttpOnly; SameSite=Lax; Path=/" });
    }
    if (path === "/atelier/v1/sign-out") return json(200, {}, { "set-cookie": "atelier=; Max-Age=0; Path=/" });
    if (isApi && !signedIn) return json(401, { Code: "NotSignedIn", SignInMethods: ["link"] });
    if (path === "/atelier/v1/session") return json(200, who);

    const method = incoming.method ?? "GET";
    const headers = isApi ? signedHeaders(key, method, url, body) : { ...incoming.headers, host: url.host };
    const on = request(url, { method, headers }, (from) => {
      outgoing.writeHead(from.statusCode ?? 502, from.headers);
      from.pipe(outgoing);
    });
    on.on("error", () => outgoing.destroy());
    on.end(body);
  }

  await new Promise<void>((done) => door.listen(0, "127.0.0.1", done));
  const origin = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
  return {
    origin,
    down,
    /** A link as `atelier console` prints it. */
    link: () => {
      const ticket = Math.random().toString(36).slice(2);
      tickets.add(ticket);
      return `${origin}/console/sign-in#${ticket}`;
    },
    close: () => {
      door.closeAllConnections();
      return new Promise((done) => door.close(done));
    },
  };
}
