import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { environment: "jsdom", include: ["src/**/*.test.ts"], testTimeout: 60_000, pool: "threads", maxWorkers: 1, isolate: false },
});
