// An OpenID provider, the package oidc-provider, that a test steers: `POST /steer` sets who there is and what is wrong
// with the next ID tokens. NODE_PATH: where the packages are; ATELIER_CLIENT: the client, as JSON; argument: the port.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const load = (file) => import(pathToFileURL(join(process.env.NODE_PATH, file)));
const { default: Provider } = await load("oidc-provider/lib/index.js");
const jose = await load("jose/dist/node/esm/index.js");

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const client = JSON.parse(process.env.ATELIER_CLIENT);
const scopes = "openid profile groups";

/** `accounts`: claims by subject. `claims`: put into ID tokens, null takes one out. `sign`: how, if not by the key. */
const steered = { accounts: {}, claims: {}, sign: "", keys: 0, settings: {} };
let keys, handle;

function makeKeys() {
  const make = (type, options) => generateKeyPairSync(type, options).privateKey;
  keys = {
    RS256: { kid: `rsa-${steered.keys}`, key: make("rsa", { modulusLength: 2048 }) },
    ES256: { kid: `ec-${steered.keys}`, key: make("ec", { namedCurve: "P-256" }) },
  };
}

async function spoil(token) {
  const { alg } = jose.decodeProtectedHeader(token);
  const claims = { ...jose.decodeJwt(token), ...steered.claims };
  for (const name of Object.keys(claims)) if (claims[name] === null) delete claims[name];
  if (steered.sign === "none") return new jose.UnsecuredJWT(claims).encode();
  const { kid, key } = keys[alg];
  const sign = (alg, key) => new jose.SignJWT(claims).setProtectedHeader({ alg, kid }).sign(key);
  if (steered.sign === "secret") return sign("HS256", Buffer.from(client.client_secret));
  if (steered.sign === "PS256") return sign("PS256", key);
  if (steered.sign === "stranger")
    return sign("RS256", generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);
  return sign(alg, key);
}

/** Anew with new keys or other settings; what is under way stays, in the package's own memory. */
function open() {
  const provider = new Provider(issuer, {
    clients: [{ ...client, ...steered.settings }],
    claims: { openid: ["sub"], profile: ["name", "preferred_username"], groups: ["groups"] },
    conformIdTokenClaims: false,
    cookies: { keys: ["of a test"] },
    pkce: { required: () => true },
    jwks: {
      keys: Object.entries(keys).map(([alg, { kid, key }]) => ({
        ...key.export({ format: "jwk" }),
        kid,
        alg,
        use: "sig",
      })),
    },
    findAccount: (_, sub) =>
      sub in steered.accounts ? { accountId: sub, claims: () => ({ sub, ...steered.accounts[sub] }) } : undefined,
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope(scopes);
      await grant.save();
      return grant;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route === "token" && ctx.body?.id_token) ctx.body.id_token = await spoil(ctx.body.id_token);
  });
  handle = provider.callback();
}

async function steer(request, response) {
  let text = "";
  for await (const piece of request) text += piece;
  const before = steered.keys;
  Object.assign(steered, JSON.parse(text));
  if (steered.keys !== before) makeKeys();
  open();
  response.end("{}");
}

makeKeys();
open();
createServer((request, response) => {
  if (request.url === "/steer") void steer(request, response);
  else handle(request, response);
}).listen(port, "127.0.0.1", () => console.log("ready"));
