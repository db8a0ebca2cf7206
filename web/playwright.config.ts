import { defineConfig } from "@playwright/test";
import { CHROMIUM_FLAGS } from "./e2e/chromium";

export default defineConfig({
  testDir: "e2e",
  testMatch: "*.e2e.ts",
  // One server and one broker for each worker.
  workers: 2,
  fullyParallel: false,
  timeout: 60_000,
  // On a busy machine a click may meet a page that is still moving; the report names such a test.
  retries: 1,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  use: {
    viewport: { width: 1280, height: 800 },
    launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: CHROMIUM_FLAGS },
    // What is not there by then will not come.
    actionTimeout: 15_000,
    trace: "retain-on-failure",
  },
});
