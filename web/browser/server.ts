import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, type Credentials } from "./signed";

export const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** Looks every 50 ms until `look` gives something. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  seconds = 30,
): Promise<T> {
  for (const by = Date.now() + seconds * 1000; ; await pause(50)) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > by) throw new Error(`waited ${seconds} s for ${what}`);
  }
}

export interface Server {
  key: Credentials;
  stop: () => Promise<void>;
}

/** The real binary in the simulated world, on a port of its own. */
export async function startServer(): Promise<Server> {
  const data = mkdtempSync(join(tmpdir(), "atelier-console-"));
  const child: ChildProcess = spawn(
    process.env.ATELIER_BINARY ?? "../build/asan/atelier",
    [
      "serve",
      "--runtime",
      "simulated",
      "--data",
      data,
      "--listen",
      "127.0.0.1:0",
      "--apps-listen",
      "127.0.0.1:0",
      "--log-level",
      "warn",
      "--sample-every",
      "1",
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const file = (name: string) => join(data, name);
  const read = (name: string) =>
    existsSync(file(name)) ? (JSON.parse(readFileSync(file(name), "utf8")) as { endpoint: string }) : undefined;
  await until("the server", async () => {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const at = read("server.json")?.endpoint;
    return (
      at !== undefined &&
      existsSync(file("credentials.json")) &&
      (await fetch(`${at}/readyz`).then(
        (one) => one.ok,
        () => false,
      ))
    );
  });
  const key = { ...(read("credentials.json") as Credentials), endpoint: read("server.json")!.endpoint };
  return {
    key,
    stop: async () => {
      child.kill();
      await ended;
      rmSync(data, { recursive: true });
    },
  };
}

/** Makes an instance and waits until it runs. */
export async function createInstance({ key }: Server, name: string): Promise<string> {
  const answer = await ask(key, "POST", "/api/v2/instances", {
    InstanceName: name,
    ImageId: "image-simulated",
    EcsSpec: "ecs.t5-lc1m1.small",
  });
  const id = String(answer.InstanceId);
  await until(`${name} to run`, async () => (await ask(key, "GET", `/api/v2/instances/${id}`)).Status === "Running");
  return id;
}

/** The name may be the one it has: it changes all the same. */
export const rename = ({ key }: Server, id: string, name: string) =>
  ask(key, "PUT", `/api/v2/instances/${id}`, { InstanceName: name });

/** Makes a service of two versions, and waits until it runs. */
export async function createService({ key }: Server, name: string) {
  const config = {
    name,
    metadata: { instance: 1 },
    cloud: { computing: { instance_type: "ecs.t5-lc1m1.small" } },
    containers: [{ script: "serve", port: 9000 }],
  };
  await ask(key, "POST", "/api/v2/services", config);
  const at = `/api/v2/services/local/${name}`;
  const runs = async () => (await ask(key, "GET", at)).Status === "Running";
  await until(`${name} to run`, runs);
  await ask(key, "PUT", at, { containers: [{ script: "serve --fast", port: 9000 }] });
  await until(`${name} to run again`, runs);
}

export async function createUser({ key }: Server, name: string) {
  await ask(key, "POST", `/?Action=CreateUser&Version=2015-05-01&UserName=${name}`);
}

/** A link as `atelier console` prints it. */
export const linkFor = async ({ key }: Server) => String((await ask(key, "POST", "/atelier/v1/sign-in-links", {})).Url);
