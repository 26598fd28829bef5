// Task 7: is my service healthy? Roll it back. One page, two clicks.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectAccessible, launch, openPage } from "./browser";
import { createService, linkFor, type Server, startServer, until } from "./server";
import { ask } from "./signed";

let server: Server;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launch()]);
  await createService(server, "iris");
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

const at = "/api/v2/services/local/iris";
const versionNow = async () => Number((await ask(server.key, "GET", at)).CurrentVersion);

/** So many requests as a caller makes them, and ten seconds later. */
async function callIt(times: number) {
  const { InternetEndpoint: url, AccessToken: token } = await ask(server.key, "GET", at);
  for (let i = 0; i < times; ++i) {
    const answer = await fetch(String(url), { headers: { Authorization: String(token) } });
    expect(answer.status).toBe(200);
  }
  await ask(server.key, "POST", "/atelier/v1/clock/advance", { Milliseconds: 20_000 });
}

it.each([
  {
    locale: "en-US",
    colorScheme: "light" as const,
    hello: "Hello, atelier",
    running: "Running",
    ready: "1 of 1 ready",
    traffic: "Traffic",
    requests: /^Requests/,
    all: "15 minutes",
    open: /^Go to version (\d+)…$/,
    confirm: /^Go to version (\d+)$/,
  },
  {
    locale: "zh-CN",
    colorScheme: "dark" as const,
    hello: "您好，atelier",
    running: "运行中",
    ready: "1 / 1 就绪",
    traffic: "流量",
    requests: /^请求/,
    all: "15 分钟",
    open: /^切换到版本 (\d+)…$/,
    confirm: /^切换到版本 (\d+)$/,
  },
])("tells whether a service is healthy, and rolls it back by two clicks: $locale", async (text) => {
  await until("it to run", async () => (await ask(server.key, "GET", at)).Status === "Running");
  await callIt(3);
  const before = await versionNow();
  const { page, wrong, close } = await openPage(browser, { locale: text.locale, colorScheme: text.colorScheme });
  await page.goto(await linkFor(server));
  await page.getByRole("heading", { name: text.hello, level: 1 }).waitFor();

  // What it is doing, and what it did.
  await page.goto(`${server.key.endpoint}/console/services/iris/traffic`);
  await page.getByText(text.running, { exact: true }).first().waitFor();
  await page.getByText(text.ready).waitFor();
  await page.getByRole("button", { name: text.all }).click();
  const chart = page.getByRole("figure", { name: text.requests });
  await chart.locator("canvas").waitFor();
  await chart.locator("summary").click();
  await until("a row with the requests", async () =>
    (await chart.getByRole("row").allInnerTexts()).some((row) => /\t0\.3\t/.test(row)),
  );
  await expectAccessible(page);

  // The way back: it names the difference before anything is done.
  await page.goto(`${server.key.endpoint}/console/services/iris/versions`);
  await page.getByRole("button", { name: text.open }).first().click();
  await page.getByRole("dialog").locator(".diff").waitFor();
  await expectAccessible(page);
  await page.getByRole("dialog").getByRole("button", { name: text.confirm }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await until("the other version", async () => (await versionNow()) !== before);
  expect(wrong).toEqual([]);
  await close();
});
