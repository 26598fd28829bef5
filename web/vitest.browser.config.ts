import { defineConfig } from "vitest/config";

/** Tests in a real browser against the real binary (ATELIER_BINARY). */
export default defineConfig({
  test: {
    environment: "node",
    include: ["browser/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
