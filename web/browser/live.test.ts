import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, openPage, quiet } from "./browser";
import { createInstance, linkFor, rename, type Server, startServer, until } from "./server";

let server: Server;
let origin: string;
let browser: Browser;
let id: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launch()]);
  origin = server.key.endpoint;
  id = await createInstance(server, "before");
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** Not before it has come home: whoever leaves the link's page at once is not signed in. */
async function signIn(page: Page) {
  await page.goto(await linkFor(server));
  await page.getByRole("heading", { name: "Hello, atelier", level: 1 }).waitFor();
}
const row = (page: Page, name: string) => page.getByRole("rowheader").getByText(name, { exact: true });

describe("six tabs of one browser, over HTTP/1.1", () => {
  it("have one stream, show a change at once, and pass the stream on", async () => {
    const { page, close } = await openPage(browser);
    const streams: Page[] = [];
    page.context().on("request", (one) => one.url().endsWith("/watch") && streams.push(one.frame().page()));
    await signIn(page);
    const tabs = [page, ...(await Promise.all(Array.from({ length: 5 }, () => page.context().newPage())))];
    for (const tab of tabs) {
      await tab.goto(`${origin}/console/instances`);
      await row(tab, "before").waitFor();
    }
    await quiet(page);
    const leader = streams.at(-1)!;
    const opened = streams.length;
    const shows = async (name: string, among: Page[]) => {
      const began = Date.now();
      await rename(server, id, name);
      await Promise.all(among.map((tab) => row(tab, name).waitFor()));
      return Date.now() - began;
    };
    // Without the stream the list would be asked for in ten seconds.
    expect(await shows("after", tabs)).toBeLessThan(5000);
    expect(streams.length).toBe(opened);

    await leader.close();
    const others = tabs.filter((tab) => tab !== leader);
    await until("another tab to open the stream", () => streams.length === opened + 1);
    expect(await shows("and_again", others)).toBeLessThan(5000);
    await close();
  });
});

it("leads to the sign-in when the session ends, without a click", async () => {
  const { page, close } = await openPage(browser);
  await signIn(page);
  await page.goto(`${origin}/console/instances`);
  await page.getByRole("rowheader").first().waitFor();
  await page.evaluate(() =>
    fetch("/atelier/v1/sign-out", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Atelier-Console": "1" },
      body: "{}",
    }),
  );
  await page.getByRole("heading", { name: "Sign in", level: 1 }).waitFor();
  await close();
});
