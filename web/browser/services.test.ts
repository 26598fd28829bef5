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
  const rule = { min: 1, max: 2, scaleStrategies: [{ metricName: "qps", threshold: 2.5 }] };
  await ask(server.key, "POST", `${at}/autoscaler`, rule);
  await advance(20_000); // the bucket in which the server began is not a whole one
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

const at = "/api/v2/services/local/iris";
const versionNow = async () => Number((await ask(server.key, "GET", at)).CurrentVersion);

const advance = (Milliseconds: number) => ask(server.key, "POST", "/atelier/v1/clock/advance", { Milliseconds });

/** So many requests as a caller makes them, and twenty seconds later. */
async function callIt(times: number) {
  const { InternetEndpoint: url, AccessToken: token } = await ask(server.key, "GET", at);
  for (let i = 0; i < times; ++i) {
    const answer = await fetch(String(url), { headers: { Authorization: String(token) } });
    expect(answer.status).toBe(200);
  }
  await advance(20_000);
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
    threshold: "threshold now, of all together: 2.5 × 1 instance = 2.5",
    send: "Send",
    answer: "Answer",
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
    threshold: "当前阈值（合计）：2.5 × 1 个实例 = 2.5",
    send: "发送",
    answer: "响应",
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
  const now = Math.floor(Date.now() / 1000); // of this clock: the emulator's is ahead
  await page.goto(`${server.key.endpoint}/console/services/iris/traffic?from=${now - 600}&to=${now + 600}`);
  await page.getByText(text.running, { exact: true }).first().waitFor();
  await page.getByText(text.ready).waitFor();
  const chart = page.getByRole("figure", { name: text.requests });
  await chart.locator("canvas").waitFor();
  await chart.getByText(text.threshold).waitFor();
  await chart.locator("summary").click();
  const perSecond = (row: string) => Number(row.split("\t")[1]) || 0; // 2xx, in periods of ten seconds
  await until("the requests in its table", async () => {
    const rows = await chart.getByRole("row").allInnerTexts();
    return rows.reduce((sum, row) => sum + perSecond(row), 0) >= 0.29;
  });
  await expectAccessible(page);

  // Another origin answers, which the page's policy names.
  await page.goto(`${server.key.endpoint}/console/services/iris/overview`);
  await page.getByRole("button", { name: text.send, exact: true }).click();
  await page.getByRole("group", { name: text.answer }).getByText("This instance is simulated").waitFor();
  await page.getByRole("status").getByText("200", { exact: true }).waitFor();
  await page.mouse.move(0, 0);
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
