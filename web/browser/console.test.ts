import { execFileSync } from "node:child_process";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessible, launch, openPage } from "./browser";
import { openDoor } from "./door";
import { createInstance, type Server, startServer, until } from "./server";

let server: Server;
let door: Awaited<ReturnType<typeof openDoor>>;
let browser: Browser;
let ids: string[];

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launch()]);
  door = await openDoor(server);
  ids = await Promise.all(["train_a", "train_b", "eval_c"].map((name) => createInstance(server, name)));
});
afterAll(async () => {
  await browser.close();
  await door.close();
  await server.stop();
});

const heading = (page: Page, name: string) => page.getByRole("heading", { name, level: 1, exact: true }).waitFor();
const path = (page: Page) => page.url().slice(door.origin.length);

it("has types that are what the server says", () => {
  execFileSync(process.execPath, ["scripts/types.mjs", "--check", server.key.endpoint], { stdio: "inherit" });
});

describe("the files", () => {
  it("lead a browser from the root, and nobody else", async () => {
    const root = (accept: string) => fetch(`${door.origin}/`, { headers: { accept }, redirect: "manual" });
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
    await page.goto(`${door.origin}/console/sign-in`);
    await heading(page, "Sign in");
    await page.waitForLoadState("networkidle");
    sizes.signIn = bytes / 1024;
    await page.goto(door.link());
    await heading(page, "Hello, Ada");
    await page.waitForLoadState("networkidle");
    sizes.home = bytes / 1024;
    await close();
    console.log("first load, KiB:", sizes);
    expect(sizes.signIn).toBeLessThan(140);
    expect(sizes.home).toBeLessThan(300);
  });
});

describe.each([
  {
    language: "en-US",
    scheme: "light" as const,
    hello: "Hello, Ada",
    list: "Instances",
    count: "3 instances",
    query: "Query",
    signIn: "Sign in",
  },
  {
    language: "zh-CN",
    scheme: "dark" as const,
    hello: "您好，Ada",
    list: "实例",
    count: "3 个实例",
    query: "查询",
    signIn: "登录",
  },
])("every page in $language, $scheme", ({ language, scheme, hello, list, count, query, signIn }) => {
  it("works within its policy and is accessible", async () => {
    const { page, wrong, close } = await openPage(browser, { locale: language, colorScheme: scheme });
    await page.goto(`${door.origin}/console/`);
    await heading(page, signIn);
    await expectAccessible(page);

    await page.goto(door.link());
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
    for (const tab of ["overview", "use", "logs", "events"]) {
      await page.goto(`${door.origin}/console/instances/${ids[0]}/${tab}`);
      await page.locator("section h2").waitFor();
      await until(`${tab} to be loaded`, async () => (await page.getByRole("status").count()) === 0);
      if (tab === "use") await page.locator(".chart canvas").first().waitFor();
      await expectAccessible(page);
    }
    // The user's menu, open.
    await page.getByRole("banner").getByRole("button").click();
    await page.getByRole("menu").waitFor();
    await expectAccessible(page);
    expect(wrong).toEqual([]);
    await close();
  });
});

describe("somebody who works with it", () => {
  let page: Page;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ page, close } = await openPage(browser));
    await page.goto(door.link());
    await heading(page, "Hello, Ada");
  });
  afterAll(() => close());

  it("uses a link once", async () => {
    const link = door.link();
    const first = await openPage(browser);
    await first.page.goto(link);
    await heading(first.page, "Hello, Ada");
    await first.close();
    const second = await openPage(browser);
    await second.page.goto(link);
    await second.page.getByRole("alert").waitFor();
    expect(second.page.url()).not.toContain("#");
    await second.close();
  });

  it("stops and starts an instance from the home page", async () => {
    await page.goto(`${door.origin}/console/`);
    await page.getByRole("button", { name: "Stop eval_c" }).click();
    await page.getByRole("button", { name: "Start eval_c" }).and(page.locator(":enabled")).click();
    await page.getByRole("button", { name: "Stop eval_c" }).waitFor();
  });

  it("finds one among many, with the keyboard alone", async () => {
    await page.goto(`${door.origin}/console/instances`);
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
      await page.waitForLoadState("networkidle");
      return text();
    };
    for (const view of views) {
      await page.goto(door.origin + view);
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
    await page.goto(`${door.origin}/console/instances`);
    await page.getByText("3 instances").waitFor();
    door.down.is = true;
    try {
      await page.getByRole("alert").getByText(/As of/).waitFor();
      expect(await page.getByRole("rowheader").count()).toBe(3);
    } finally {
      door.down.is = false;
    }
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("alert").waitFor({ state: "detached" });
  });

  it("signs out, and is asked to sign in again", async () => {
    await page.goto(`${door.origin}/console/instances?q=train`);
    await page.getByRole("button", { name: /^Signed in as Ada/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await heading(page, "Sign in");
    await page.goto(`${door.origin}/console/instances?q=train`);
    await heading(page, "Sign in");
  });
});

it("does not run what a link or a name carries", async () => {
  const { page, wrong, close } = await openPage(browser);
  await page.goto(door.link());
  await heading(page, "Hello, Ada");
  await page.goto(`${door.origin}/console/instances?q=${encodeURIComponent('"<img src=x onerror=alert(1)>"')}`);
  await page.getByText("No instance matches").first().waitFor();
  expect(await page.locator("main img").count()).toBe(0);
  expect(wrong).toEqual([]);
  await close();
});
