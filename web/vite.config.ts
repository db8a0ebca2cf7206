import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The server that `npm run dev` talks to. */
const server = process.env.MILLRACE_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  // The server replaces this text by a random value in each reply.
  html: { cspNonce: "MILLRACE_NONCE" },
  // Not "assets": that is a page.
  build: { target: "es2022", assetsDir: "files", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    proxy: {
      "/api": { target: server, ws: true },
      "/metrics": server,
    },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
