import { execFileSync } from "node:child_process";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessible, launch, openPage, quiet } from "./browser";
import { createInstance, createService, createUser, linkFor, rename, type Server, startServer, until } from "./server";

let server: Server;
let origin: string;
let browser: Browser;
let ids: string[];

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launch()]);
  origin = server.key.endpoint;
  await createService(server, "iris");
  await createUser(server, "ada");
  ids = await Promise.all(["train_a", "train_b", "eval_c"].map((name) => createInstance(server, name)));
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

const heading = (page: Page, name: string) => page.getByRole("heading", { name, level: 1, exact: true }).waitFor();
const path = (page: Page) => page.url().slice(origin.length);

/** The pages that need no click to be seen, instances apart. */
const others = [
  "instances/new",
  "services",
  "services/iris/overview",
  "services/iris/traffic",
  "services/iris/versions",
  "services/iris/configuration",
  "services/new",
  "recommenders",
  "images",
  "keys",
  "admin/users",
  "admin/users/ada",
  "admin/sessions",
  "admin/audit",
  "admin/health",
  "workspaces",
];
async function visit(page: Page, at: string) {
  await page.goto(`${origin}/console/${at}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await until(`${at} to be loaded`, async () => (await page.locator(".loading").count()) === 0);
}

it("has types that are what the server says", () => {
  execFileSync(process.execPath, ["scripts/types.mjs", "--check", server.key.endpoint], { stdio: "inherit" });
});

describe("the files", () => {
  it("lead a browser from the root, and nobody else", async () => {
    const root = (accept: string) => fetch(`${origin}/`, { headers: { accept }, redirect: "manual" });
    expect((await root("text/html")).headers.get("location")).toBe("/console/");
    expect((await root("application/json")).status).not.toBe(302);
  });
  it("are within their budget, compressed", async () => {
    const sizes: Record<string, number> = {};
    const { page, close } = await openPage(browser);
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    let bytes = 0;
    session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
    await page.goto(`${origin}/console/sign-in`);
    await heading(page, "Sign in");
    await quiet(page);
    sizes.signIn = bytes / 1024;
    await page.goto(await linkFor(server));
    await heading(page, "Hello, atelier");
    await quiet(page);
    sizes.home = bytes / 1024;
    await close();
    console.log("first load, KiB:", sizes);
    expect(sizes.signIn).toBeLessThan(90);
    expect(sizes.home).toBeLessThan(250);
  });
});

describe.each([
  {
    language: "en-US",
    scheme: "light" as const,
    hello: "Hello, atelier",
    list: "Instances",
    count: "3 instances",
    query: "Query",
    signIn: "Sign in",
  },
  {
    language: "zh-CN",
    scheme: "dark" as const,
    hello: "您好，atelier",
    list: "实例",
    count: "3 个实例",
    query: "查询",
    signIn: "登录",
  },
])("every page in $language, $scheme", ({ language, scheme, hello, list, count, query, signIn }) => {
  it("works within its policy and is accessible", async () => {
    const { page, wrong, close } = await openPage(browser, { locale: language, colorScheme: scheme });
    await page.goto(`${origin}/console/`);
    await heading(page, signIn);
    await expectAccessible(page);

    await page.goto(await linkFor(server));
    await heading(page, hello);
    expect(path(page)).toBe("/console/");
    await page.getByRole("link", { name: "train_a", exact: true }).waitFor();
    await expectAccessible(page);

    await page.getByRole("navigation").getByRole("link", { name: list }).click();
    await page.getByText(count).waitFor();
    await expectAccessible(page);
    await page.getByRole("combobox", { name: query }).fill("stat");
    await page.getByRole("option", { name: "status:" }).waitFor();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await page.getByRole("combobox", { name: query }).fill("train_a");

    await page.getByRole("link", { name: "train_a", exact: true }).click();
    await heading(page, "train_a");
    for (const tab of ["overview", "use", "logs", "events", "settings", "access", "raw"]) {
      await page.goto(`${origin}/console/instances/${ids[0]}/${tab}`);
      await page.locator("section h2").waitFor();
      await until(`${tab} to be loaded`, async () => (await page.getByRole("status").count()) === 0);
      if (tab === "use") await page.locator(".chart canvas").first().waitFor();
      await expectAccessible(page);
    }
    for (const at of others) {
      await visit(page, at);
      await expectAccessible(page);
    }
    await page.getByRole("rowheader").getByRole("link").first().click();
    await page.getByRole("rowheader").first().waitFor();
    await expectAccessible(page);
    // The user's menu, open.
    await page.getByRole("banner").getByRole("button").click();
    await page.getByRole("radio").first().waitFor();
    await expectAccessible(page);
    expect(wrong).toEqual([]);
    await close();
  });
});

it("needs no more than 320 pixels, and colours of the reader's own", async () => {
  const { page, wrong, close } = await openPage(browser, {
    viewport: { width: 320, height: 640 },
    forcedColors: "active",
  });
  await page.goto(await linkFor(server));
  await heading(page, "Hello, atelier");
  for (const at of ["", "instances", `instances/${ids[0]}/overview`, `instances/${ids[0]}/settings`, ...others]) {
    await visit(page, at);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect.soft(width, at).toBeLessThanOrEqual(320);
    await expectAccessible(page);
  }
  expect(wrong).toEqual([]);
  await close();
});

describe("somebody who works with it", () => {
  let page: Page;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ page, close } = await openPage(browser));
    await page.goto(await linkFor(server));
    await heading(page, "Hello, atelier");
  });
  afterAll(() => close());

  it("uses a link once", async () => {
    const link = await linkFor(server);
    const first = await openPage(browser);
    await first.page.goto(link);
    await heading(first.page, "Hello, atelier");
    await first.close();
    const second = await openPage(browser);
    await second.page.goto(link);
    await second.page.getByRole("alert").waitFor();
    expect(second.page.url()).not.toContain("#");
    await second.close();
  });

  it("makes one instance by a double click, and deletes it, with the keyboard alone", async () => {
    await page.goto(`${origin}/console/instances/new`);
    await page.getByRole("textbox", { name: "Name" }).fill("once");
    await page.getByRole("button", { name: "Create" }).dblclick();
    await heading(page, "once");
    await page.getByRole("button", { name: "Delete" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Delete once?" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Enter"); // the focus is where it was
    await page.getByRole("textbox", { name: "Type once to confirm" }).waitFor();
    await page.keyboard.type("once");
    await page.keyboard.press("Enter");
    await heading(page, "Instances");
    await page.getByText("3 instances").waitFor();
  });

  it("stops and starts an instance from the home page", async () => {
    await page.goto(`${origin}/console/`);
    await page.getByRole("button", { name: "Stop eval_c" }).click();
    await page.getByRole("button", { name: "Start eval_c" }).and(page.locator(":enabled")).click();
    await page.getByRole("button", { name: "Stop eval_c" }).waitFor();
  });

  it("finds one among many, with the keyboard alone", async () => {
    await page.goto(`${origin}/console/instances`);
    await page.getByText("3 instances").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("sort:-crea");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.type(" train");
    await page.getByText("2 instances").waitFor();
    await until("the address", () => path(page) === "/console/instances?q=sort%3A-created+train");
    expect(await page.getByRole("rowheader").allInnerTexts()).toEqual([
      expect.stringMatching(/^train_/),
      expect.stringMatching(/^train_/),
    ]);
  });

  it("sees the same after reload, back and forward", async () => {
    const views = [
      "/console/instances?q=train",
      "/console/instances?q=status%3AStopped",
      `/console/instances/${ids[0]}/logs`,
    ];
    const text = () =>
      page
        .locator("h1, .count, .query-input, h2")
        .evaluateAll((all) =>
          all.map((one) => (one instanceof HTMLInputElement ? one.value : one.textContent?.split("·")[0])).join("|"),
        );
    const seen: string[] = [];
    const settled = async () => {
      await quiet(page);
      return text();
    };
    for (const view of views) {
      await page.goto(origin + view);
      seen.push(await settled());
    }
    await page.reload();
    await until("the reloaded view", async () => (await text()) === seen[2]);
    for (const at of [1, 0]) {
      await page.goBack();
      await until(`view ${at} again`, async () => (await text()) === seen[at]);
    }
    await page.goForward();
    await until("the view forward", async () => (await text()) === seen[1]);
  });

  it("keeps the old rows, with their age, while the server is away", async () => {
    await page.goto(`${origin}/console/instances`);
    await page.getByText("3 instances").waitFor();
    await page.route("**/api/**", (route) => route.abort());
    try {
      await rename(server, ids[2]!, "eval_c"); // the page is told to look again, and cannot
      await page.getByRole("alert").getByText(/As of/).waitFor();
      expect(await page.getByRole("rowheader").count()).toBe(3);
    } finally {
      await page.unroute("**/api/**");
    }
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("alert").waitFor({ state: "detached" });
  });

  it("signs out, and is asked to sign in again", async () => {
    await page.goto(`${origin}/console/instances?q=train`);
    await page.getByRole("button", { name: /^Signed in as atelier/ }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await heading(page, "Sign in");
    await page.goto(`${origin}/console/instances?q=train`);
    await heading(page, "Sign in");
  });
});

it("does not run what a link or a name carries", async () => {
  const { page, wrong, close } = await openPage(browser);
  await page.goto(await linkFor(server));
  await heading(page, "Hello, atelier");
  await page.goto(`${origin}/console/instances?q=${encodeURIComponent('"<img src=x onerror=alert(1)>"')}`);
  await page.getByText("No instance matches").first().waitFor();
  expect(await page.locator("main img").count()).toBe(0);
  expect(wrong).toEqual([]);
  await close();
});
