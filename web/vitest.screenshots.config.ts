import { defineConfig } from "vitest/config";
import browser from "./vitest.browser.config";

/** Pictures of the console for docs/, by browser/screenshots.ts. */
export default defineConfig({ test: { ...browser.test, include: ["browser/screenshots.ts"] } });
