/** What every test stands on: a server and a broker of its worker, and pages that must stay quiet. */
import AxeBuilder from "@axe-core/playwright";
import { type Locator, type Page, expect, test as base } from "@playwright/test";
import { Broker, EMAIL, PASSWORD, Server } from "./processes";
import { Rest } from "./rest";

interface WorkerScene {
  /** Tests that need an empty server name one of their own here: another name means another worker. */
  installation: string;
  server: Server;
  broker: Broker;
  rest: Rest;
}

interface Scene {
  /** A page that is signed in. */
  app: Page;
}

export const test = base.extend<Scene, WorkerScene>({
  installation: ["shared", { option: true, scope: "worker" }],
  server: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  broker: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const broker = await Broker.start();
      await use(broker);
      await broker.stop();
    },
    { scope: "worker" },
  ],
  rest: [async ({ server }, use) => use(await Rest.signIn(server.url)), { scope: "worker" }],
  baseURL: async ({ server }, use) => use(server.url),
  app: async ({ page, server }, use) => {
    const foreign: string[] = [];
    const faults: string[] = [];
    page.on("request", (request) => {
      const url = new URL(request.url());
      const own = url.origin === server.url || ["data:", "blob:"].includes(url.protocol);
      if (!own) foreign.push(request.url());
    });
    page.on("pageerror", (error) => faults.push(String(error)));
    await page.exposeFunction("violated", (what: string) => faults.push(what));
    await page.addInitScript(watchPolicy);
    await page.goto("/");
    await signIn(page);
    await use(page);
    expect(foreign, "requests to other hosts").toEqual([]);
    expect(faults, "errors of the page").toEqual([]);
  },
});

export { expect };
export type { Page };

export async function signIn(page: Page): Promise<void> {
  await page.getByLabel("E-mail").fill(EMAIL);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("button", { name: /^Notifications/ })).toBeVisible();
}

/** Checks a page by the rules of WCAG 2.1 AA that a program can check. */
export async function accessible(page: Page, where: string): Promise<void> {
  const found = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])
    // An editor's scrolling part is reached through its text, which has the focus.
    .exclude(".cm-scroller")
    .analyze();
  const faults = found.violations.map(
    (one) => `${one.id}: ${one.help}\n  ${one.nodes.map((node) => node.html.slice(0, 200)).join("\n  ")}`,
  );
  expect.soft(faults, `accessibility of ${where}`).toEqual([]);
}

/** Presses a button that asks for a file, and gives it one. */
export async function chooseFile(
  page: Page,
  button: string,
  file: string | { name: string; mimeType: string; buffer: Buffer },
): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: button, exact: true }).click();
  await (await chooser).setFiles(file);
}

/** Replaces the text of a script editor. */
export async function write(editor: Locator, text: string): Promise<void> {
  await editor.click();
  await editor.press("Control+a");
  await editor.page().keyboard.insertText(text);
}

/** Runs in the page: tells what the content security policy refused. */
function watchPolicy(): void {
  document.addEventListener("securitypolicyviolation", (event) => {
    const { target } = event;
    // The browser's own editing puts styles on what is typed, and the policy rightly removes them.
    if (target instanceof Element && target.closest(".cm-content")) return;
    const { violated } = window as unknown as { violated: (what: string) => void };
    violated(`${event.effectiveDirective}: ${event.blockedURI} ${event.sourceFile}`);
  });
}
