// Takes pictures of the main views for docs/: `tools/dev screenshots`. They are for people, and compared with nothing.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, it } from "vitest";
import { launch, openPage, quiet } from "./browser";
import { createInstance, createService, createUser, linkFor, type Server, startServer, until } from "./server";

const folder = resolve(process.env.ATELIER_SCREENSHOTS ?? "../docs/console");
let server: Server;
let browser: Browser;
let id: string;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  [server, browser] = await Promise.all([startServer(), launch()]);
  await createService(server, "iris");
  await Promise.all(["ada", "bob"].map((name) => createUser(server, name)));
  const names = ["train_resnet", "eval_resnet", "train_bert", "notes", "sweep_1", "sweep_2", "sweep_3", "sweep_4"];
  [id = ""] = await Promise.all(names.map((name) => createInstance(server, name)));
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

const bulk = async (page: Page) => {
  await page.getByRole("checkbox", { name: "Select this page" }).click();
  await page.getByRole("button", { name: "Stop…" }).click();
  await page
    .getByRole("dialog")
    .getByText(/will be stopped/)
    .waitFor();
};

it.each([
  { locale: "en-US", colorScheme: "light" as const, suffix: "" },
  { locale: "zh-CN", colorScheme: "dark" as const, suffix: "-zh" },
])("pictures in $locale", async ({ locale, colorScheme, suffix }) => {
  const { page, close } = await openPage(browser, { locale, colorScheme, deviceScaleFactor: 2 });
  const take = (name: string) =>
    page.screenshot({ path: join(folder, `${name}${suffix}.png`), animations: "disabled" });
  await page.goto(`${server.key.endpoint}/console/sign-in`);
  await page.locator("pre").waitFor();
  await take("sign-in");
  await page.goto(await linkFor(server));
  await page.locator(".card").first().waitFor();
  const views: [name: string, at: string, then?: (page: Page) => Promise<void>][] = [
    ["home", ""],
    ["instances", "instances?q=train"],
    ["instance", `instances/${id}/overview`],
    ["use", `instances/${id}/use?since=15m`],
    ["settings", `instances/${id}/settings`],
    ["create", `instances/new?from=${id}`],
    ["service", "services/iris/overview"],
    ["versions", "services/iris/versions"],
    ["keys", "keys"],
    ["users", "admin/users"],
    ["audit", "admin/audit"],
    ...(suffix === "" ? [["bulk", "instances", bulk] satisfies (typeof views)[number]] : []),
  ];
  for (const [name, at, then] of views) {
    await page.goto(`${server.key.endpoint}/console/${at}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await until(`${at} to be loaded`, async () => (await page.locator(".loading").count()) === 0);
    await quiet(page);
    await then?.(page);
    await take(name);
  }
  await close();
});
