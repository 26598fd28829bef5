// Writes src/api/schema.ts, the types of the operations that the console calls, out of a server's
// /openapi.json:  node scripts/types.mjs [--check] http://127.0.0.1:8080
// With --check it writes nothing and ends with 1 if the file would change.
import { readFile, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";
import { kOperations } from "../src/api/operations.mjs";

const file = new URL("../src/api/schema.ts", import.meta.url);
const check = process.argv[2] === "--check";
const server = process.argv[check ? 3 : 2] ?? "http://127.0.0.1:8080";

const document = await (await fetch(`${server}/openapi.json`)).json();
const paths = {};
for (const [path, methods] of Object.entries(document.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    // AIRec has a CreateInstance, too. What is known and refused is nothing to call.
    const name = operation.operationId;
    const ours = operation["x-atelier-supported"] && !(name === "CreateInstance" && operation.tags.includes("AIRec"));
    if (!ours || !kOperations.includes(name)) continue;
    for (const parameter of operation.parameters ?? []) delete parameter.schema?.pattern;
    // RPC style: a session calls it with POST, and its version chooses the product.
    const rpc = path.startsWith("/?");
    (paths[rpc ? `${path}&Version=${operation["x-acs-version"]}` : path] ??= {})[rpc ? "post" : method] = operation;
  }
}
const found = Object.values(paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId));
const missing = kOperations.filter((name) => !found.includes(name));
if (missing.length > 0) throw new Error(`The server has no operation ${missing.join(", ")}.`);

const routes = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, one]) => `  ${one.operationId}: ["${method.toUpperCase()}", "${path}"],\n`),
);

const text =
  "// Made by scripts/types.mjs out of /openapi.json: not for editing.\n" +
  astToString(await openapi({ ...document, paths }, { alphabetize: true })) +
  `\n/** Where each operation is called. */\nexport const routes = {\n${routes.sort().join("")}} as const;\n`;
if (!check) await writeFile(file, text);
else if (text !== (await readFile(file, "utf8"))) {
  console.error("src/api/schema.ts is not what the server's /openapi.json says: run `npm run types URL` in web/.");
  process.exit(1);
}
