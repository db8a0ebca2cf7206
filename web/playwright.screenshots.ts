import { defineConfig } from "@playwright/test";
import tests from "./playwright.config";

/** `npm run screenshots`: pictures of the pages, for people to look at. */
export default defineConfig(tests, { testMatch: "screenshots.ts", workers: 1, timeout: 180_000 });
