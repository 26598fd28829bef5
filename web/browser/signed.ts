import { createHash, createHmac, randomBytes } from "node:crypto";

export interface Credentials {
  endpoint: string;
  access_key_id: string;
  access_key_secret: string;
}

const sha256 = (data: string) => createHash("sha256").update(data).digest("hex");
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The headers of an ACS3-HMAC-SHA256 request (docs/contract/signing.md). */
export function signedHeaders(key: Credentials, method: string, url: URL, body: string): Record<string, string> {
  const headers: Record<string, string> = {
    host: url.host,
    "x-acs-content-sha256": sha256(body),
    "x-acs-date": new Date().toISOString().replace(/\.\d+/, ""),
    "x-acs-signature-nonce": randomBytes(16).toString("hex"),
    ...(body ? { "content-type": "application/json" } : {}),
  };
  const action = url.searchParams.get("Action");
  if (action)
    Object.assign(headers, { "x-acs-action": action, "x-acs-version": url.searchParams.get("Version") ?? "" });
  const query = [...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join("");
  const canonical = [method, url.pathname, query, lines, names.join(";"), sha256(body)].join("\n");
  const signature = createHmac("sha256", key.access_key_secret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest("hex");
  return {
    ...headers,
    accept: "application/json",
    authorization: `ACS3-HMAC-SHA256 Credential=${key.access_key_id},SignedHeaders=${names.join(";")},Signature=${signature}`,
  };
}

/** Calls the API as its main account. */
export async function ask(key: Credentials, method: string, target: string, body?: object) {
  const url = new URL(target, key.endpoint);
  const text = body ? JSON.stringify(body) : "";
  const answer = await fetch(url, {
    method,
    headers: signedHeaders(key, method, url, text),
    ...(text ? { body: text } : {}),
  });
  const json = (await answer.json()) as Record<string, never>;
  if (!answer.ok) throw new Error(`${method} ${target}: ${answer.status} ${JSON.stringify(json)}`);
  return json;
}
