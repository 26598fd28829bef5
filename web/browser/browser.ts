import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page, type Request } from "playwright-core";
import { expect } from "vitest";
import { until } from "./server";

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.ATELIER_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"],
  });

const underWay = new WeakMap<Page, Set<Request>>();
/** Of what a page asks for, without the stream, which has no end. */
function watchRequests(page: Page) {
  const open = new Set<Request>();
  underWay.set(page, open);
  page.on("request", (one) => !one.url().endsWith("/watch") && open.add(one));
  page.on("requestfinished", (one) => open.delete(one));
  page.on("requestfailed", (one) => open.delete(one));
}
/** Returns once the page has asked for nothing for half a second. */
export async function quiet(page: Page) {
  await page.waitForLoadState("load");
  const open = underWay.get(page)!;
  let since = Date.now();
  await until("the page to be quiet", () => {
    if (open.size > 0) since = Date.now();
    return Date.now() - since >= 500;
  });
}

/** A page that remembers what its policy forbade and what went wrong in it. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({
    locale: "en-US",
    reducedMotion: "reduce",
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const wrong: string[] = [];
  watchRequests(page);
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("console", (message) => {
    if (/Content Security Policy|TrustedHTML|TrustedScript/.test(message.text())) wrong.push(message.text());
  });
  return { page, wrong, close: () => context.close() };
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** No violation of WCAG 2.2 AA that axe can find. Its script comes by the debugger, which no policy binds. */
export async function expectAccessible(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axe });
  const { result } = await session.send("Runtime.evaluate", {
    expression: `axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then(({ violations }) =>
      violations.flatMap((one) => one.nodes.map((node) => one.id + ": " + node.html.slice(0, 200) + " " + node.failureSummary)))`,
    awaitPromise: true,
    returnByValue: true,
  });
  await session.detach();
  expect.soft(result.value, page.url()).toEqual([]);
}
