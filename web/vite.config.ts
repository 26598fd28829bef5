import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** The styles of the components as a file that can be imported. Tests have no use for them. */
const componentStyles: Plugin = {
  name: "component-styles",
  resolveId: (id) => (id === "virtual:components.css" ? "\0components.css" : undefined),
  load: async (id) => {
    if (id !== "\0components.css") return undefined;
    return process.env.VITEST ? "" : (await import("./scripts/styles.mjs")).styles();
  },
};

/** What the components insert styles with does nothing: all of them are in the sheet, variables included, and the
 * page's policy forbids any other. */
const noInsertedStyles: Plugin = {
  name: "no-inserted-styles",
  enforce: "pre",
  load: (id) =>
    /\/@rc-component\/util\/(es|lib)\/Dom\/dynamicCSS\.js$/.test(id)
      ? 'const nowhere = document.createElement("style"); export const injectCSS = () => nowhere, updateCSS = () => nowhere; export function removeCSS() {} export function clearContainerCache() {}'
      : undefined,
};

export default defineConfig({
  base: "/console/",
  plugins: [noInsertedStyles, react(), componentStyles],
  build: {
    target: "es2022",
    // All in files: the page's policy allows no inline script, and `data:` for pictures only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://localhost/console/" } },
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    testTimeout: 30_000,
  },
});
