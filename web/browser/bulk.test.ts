import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessible, launch, openPage } from "./browser";
import { createInstance, linkFor, type Server, startServer, until } from "./server";
import { ask } from "./signed";

/** Task 8 of an operator: stop many that a query finds, after a dry run. */
const count = 22;
let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launch()]);
  for (const prefix of ["idle", "zh_idle"])
    await Promise.all(Array.from({ length: count }, (_, n) => createInstance(server, `${prefix}_${n}`)));
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

async function states(prefix: string): Promise<string> {
  const query = `WorkspaceId=ALL&ResourceId=ALL&PageSize=100&InstanceName=${prefix}`;
  const { Instances } = (await ask(server.key, "GET", `/api/v2/instances?${query}`)) as unknown as {
    Instances: { InstanceName: string; Status: string }[];
  };
  const mine = Instances.filter(({ InstanceName: name }) => name.startsWith(prefix));
  return [...new Set(mine.map(({ Status: status }) => status))].sort().join(",");
}

interface Words {
  language: string;
  prefix: string;
  page: string;
  all: string;
  stop: string;
  title: string;
  type: string;
  do: string;
  done: string;
}

const inEnglish: Words = {
  language: "en-US",
  prefix: "idle",
  page: "Select this page",
  all: `Select all ${count} that match`,
  stop: "Stop…",
  title: "Stop instances",
  type: `Type ${count} to confirm`,
  do: `Stop ${count} instances`,
  done: `${count} of ${count} done`,
};
const inChinese: Words = {
  language: "zh-CN",
  prefix: "zh_idle",
  page: "选择本页",
  all: `选择全部 ${count} 个符合条件的实例`,
  stop: "停止…",
  title: "停止实例",
  type: `输入 ${count} 以确认`,
  do: `停止 ${count} 个实例`,
  done: `已完成 ${count} / ${count}`,
};

async function begin(page: Page, words: Words) {
  await page.goto(await linkFor(server));
  await page.waitForURL(`${server.key.endpoint}/console/`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.goto(`${server.key.endpoint}/console/instances?q=name~${words.prefix}_+status:Running&size=25`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  // "idle_" is a part of "zh_idle_" too: what is of the other language was stopped before.
  await page.locator("thead input[type=checkbox]").check();
  const all = page.getByRole("button", { name: words.all });
  if (await all.isVisible()) await all.click();
  await page.getByRole("button", { name: words.stop }).first().click();
  const dialog = page.getByRole("dialog", { name: words.title });
  await dialog.getByRole("textbox", { name: words.type }).fill(String(count));
  await expectAccessible(page);
  expect(await states(words.prefix)).toBe("Running");
  await dialog.getByRole("button", { name: words.do }).click();
  return dialog;
}

describe("an operator stops many", () => {
  it.each([inChinese, inEnglish])("in $language, first what would happen, then how far it is", async (words) => {
    const { page, wrong, close } = await openPage(browser, { locale: words.language });
    const dialog = await begin(page, words);
    await dialog.getByText(words.done).waitFor();
    await expectAccessible(page);
    expect(await states(words.prefix)).toBe("Stopped");
    expect(wrong).toEqual([]);
    await close();
  });

  it("in a tab that is closed at once, and the job goes on", async () => {
    const ids = await Promise.all(Array.from({ length: count }, (_, n) => createInstance(server, `gone_${n}`)));
    const { page, close } = await openPage(browser, { locale: "en-US" });
    const dialog = await begin(page, { ...inEnglish, prefix: "gone" });
    await dialog.getByRole("progressbar").waitFor();
    await close();
    await until("all to be stopped", async () => (await states("gone")) === "Stopped");
    expect(ids.length).toBe(count);
  });
});
