// A service is deployed and changed in the page alone.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { expectAccessible, launch, openPage } from "./browser";
import { linkFor, type Server, startServer, until } from "./server";
import { ask } from "./signed";

let server: Server;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([startServer(), launch()]);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

const config = (name: string, cpu: number) =>
  `{
  "name": "${name}",
  "metadata": {"instance": 1, "cpu": ${cpu}, "memory": 512},
  "containers": [{"script": "serve", "port": 8000}]
}`;

it.each([
  {
    locale: "en-US",
    colorScheme: "light" as const,
    name: "iris",
    hello: "Hello, atelier",
    new: "Deploy a service",
    json: "Configuration (JSON)",
    deploy: "Deploy",
    line: "Line 3",
    tab: "Configuration",
    review: "Review the change…",
    answer: "Service iris is being updated.",
  },
  {
    locale: "zh-CN",
    colorScheme: "dark" as const,
    name: "zh_iris",
    hello: "您好，atelier",
    new: "部署服务",
    json: "配置（JSON）",
    deploy: "部署",
    line: "第 3 行",
    tab: "配置",
    review: "查看变更…",
    answer: "Service zh_iris is being updated.",
  },
])("deploys a service, shows its mistakes by line, and changes it: $locale", async (text) => {
  const at = `/api/v2/services/local/${text.name}`;
  const runs = async () => (await ask(server.key, "GET", at)).Status === "Running";
  const { page, wrong, close } = await openPage(browser, { locale: text.locale, colorScheme: text.colorScheme });
  await page.goto(await linkFor(server));
  await page.getByRole("heading", { name: text.hello, level: 1 }).waitFor();
  await page.goto(`${server.key.endpoint}/console/services`);
  await page.getByRole("link", { name: text.new }).click();
  const editor = page.getByRole("textbox", { name: text.json });
  const deploy = page.getByRole("button", { name: text.deploy, exact: true });

  // What the server refuses is at its line, and the keyboard goes there.
  await editor.fill(config(text.name, -1)); // 0 asks for nothing
  await deploy.click();
  await page.getByRole("button", { name: text.line }).click();
  const selected = await editor.evaluate((area: HTMLTextAreaElement) =>
    document.activeElement === area ? area.value.slice(area.selectionStart, area.selectionEnd) : "",
  );
  expect(selected).toBe('"cpu": -1, "memory": 512},');
  await page.mouse.move(0, 0);
  await expectAccessible(page);
  await editor.fill(config(text.name, 1));
  await deploy.click();
  await page.waitForURL(`**/console/services/${text.name}/overview`);
  await until(`${text.name} to run`, runs);

  // A change: nothing is sent before the difference was seen.
  await page.getByRole("link", { name: text.tab, exact: true }).click();
  await until("its configuration", async () => (await editor.inputValue()).includes('"cpu": 1'));
  await editor.fill((await editor.inputValue()).replace('"cpu": 1', '"cpu": 2'));
  await page.getByRole("button", { name: text.review }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator(".added", { hasText: '"cpu": 2' }).waitFor();
  await expectAccessible(page);
  expect((await ask(server.key, "GET", at)).LatestVersion).toBe(1);
  await dialog.getByRole("button", { name: text.deploy, exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText(text.answer).waitFor();
  await until(
    "the next version to run",
    async () => (await runs()) && (await editor.inputValue()).includes('"cpu": 2'),
  );
  const { LatestVersion, ServiceConfig } = await ask(server.key, "GET", at);
  expect([LatestVersion, (JSON.parse(String(ServiceConfig)) as { metadata: object }).metadata]).toEqual([
    2,
    { instance: 1, cpu: 2, memory: 512 },
  ]);
  await page.mouse.move(0, 0);
  await expectAccessible(page);
  expect(wrong).toEqual([]);
  await close();
});
