import type { Page } from "@playwright/test";
import { type Rest, type Saved, connected } from "./rest";
import { accessible, expect, test } from "./scene";
import type { Broker } from "./processes";

/** One of everything, so that no page is empty. */
async function furnished(rest: Rest, broker: Broker) {
  const known = await rest.get<{ data: Saved[] }>(
    "/api/integrationInfos?pageSize=10&page=0&textSearch=Checked",
  );
  const integration = known.data[0] ?? (await connected(rest, broker.port, "Checked"));
  const state = () => rest.get<{ state: string }>(`/api/millrace/integration/${integration.id.id}/status`);
  await expect.poll(async () => (await state()).state).toBe("ACTIVE");
  await broker.publish("site/checked/values", '{"temperature":20.5,"door":true}');
  const first = async (path: string) =>
    (await rest.get<{ data: Saved[] }>(`${path}?pageSize=1&page=0`)).data[0]?.id.id ?? "";
  await expect.poll(() => first("/api/tenant/devices")).not.toBe("");
  return {
    integration: integration.id.id,
    device: await first("/api/tenant/devices"),
    converter: await first("/api/converters"),
    chain: await first("/api/ruleChains"),
    profile: await first("/api/deviceProfiles"),
  };
}

async function check(app: Page, pages: string[], light = "") {
  for (const path of pages) {
    await test.step(path, async () => {
      await app.goto(path);
      await expect(app.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(app.getByText(/^Loading /)).toHaveCount(0);
      await accessible(app, path + light);
    });
  }
}

test.describe.configure({ timeout: 180_000 });

test("the pages of devices and their kin pass the automatic checks", async ({ app, rest, broker }) => {
  const { device, profile } = await furnished(rest, broker);
  const asset = await rest.post("/api/asset", { name: "Hall", type: "building" });
  const dashboard = await rest.post("/api/dashboard", { title: "Empty" });
  await check(app, [
    "/",
    "/devices",
    `/devices/${device}`,
    `/devices/${device}?tab=details`,
    `/devices/${device}?tab=attributes`,
    `/devices/${device}?tab=relations`,
    "/assets",
    `/assets/${asset.id.id}`,
    "/profiles",
    `/profiles/${profile}`,
    "/asset-profiles",
    `/devices/${device}?tab=commands`,
    "/notifications",
    "/settings",
    "/dashboards",
    "/alarms",
    `/dashboards/${dashboard.id.id}`,
  ]);
});

test("the pages of integrations, converters and rule chains pass them", async ({ app, rest, broker }) => {
  const { integration, converter, chain } = await furnished(rest, broker);
  await check(app, [
    "/integrations",
    "/integrations/new",
    `/integrations/${integration}`,
    `/integrations/${integration}?tab=details`,
    `/integrations/${integration}?tab=events`,
    "/converters",
    "/converters/new",
    `/converters/${converter}`,
    `/converters/${converter}?tab=events`,
    "/rule-chains",
    `/rule-chains/${chain}`,
  ]);
});

test("the canvas passes them with a node, its messages, its palette and the test of its script", async ({
  app,
  rest,
  broker,
}) => {
  const { chain } = await furnished(rest, broker);
  for (const colorScheme of ["light", "dark"] as const) {
    await app.emulateMedia({ colorScheme });
    await app.goto(`/rule-chains/${chain}`);
    const node = app.getByRole("group", { name: /^message type switch/ });
    const record = node.getByRole("button", { name: /^Record all messages/ });
    if ((await record.getAttribute("aria-pressed")) === "false") await record.click();
    await expect(record).toHaveAttribute("aria-pressed", "true");
    await node.focus();
    await app.keyboard.press("Enter");
    await app.getByRole("tab", { name: "Events" }).click();
    await broker.publish("site/checked/values", '{"temperature":21.5}');
    await app.getByRole("list", { name: "Messages at the node" }).getByRole("button").first().click();
    await accessible(app, `a node's messages, ${colorScheme}`);
    await app.getByRole("button", { name: "Add node" }).click();
    await accessible(app, `the palette, ${colorScheme}`);
    await app
      .getByRole("group", { name: /^log: / })
      .first()
      .focus();
    await app.keyboard.press("Enter");
    // The editor comes in a file of its own and moves what is below it.
    await expect(app.getByRole("textbox", { name: "Script", exact: true })).toBeVisible();
    await app.getByRole("button", { name: "Test on a message" }).click();
    await expect(app.getByRole("textbox", { name: "Script under test" })).toBeVisible();
    await accessible(app, `the test of a script, ${colorScheme}`);
  }
});

test("they pass in the dark as well", async ({ app, rest, broker }) => {
  const { device, converter, chain } = await furnished(rest, broker);
  await app.emulateMedia({ colorScheme: "dark" });
  const pages = ["/", `/devices/${device}`, `/converters/${converter}`, `/rule-chains/${chain}`, "/settings"];
  await check(app, pages, " in the dark");
});

test("the page of signing in passes them too", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await accessible(page, "signing in");
  await page.setViewportSize({ width: 390, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test("on a narrow screen the navigation opens and closes, and nothing is cut off", async ({ app, rest }) => {
  const device = await rest.post("/api/device", { name: "In a pocket", type: "default" });
  await app.setViewportSize({ width: 390, height: 800 });
  await expect(app.getByRole("navigation", { name: "Main" })).toBeHidden();
  await app.getByRole("button", { name: "Open navigation" }).click();
  await app.getByRole("link", { name: "Devices", exact: true }).click();
  await expect(app.getByRole("heading", { name: "Devices", level: 1 })).toBeVisible();
  await expect(app.getByRole("navigation", { name: "Main" })).toBeHidden();
  await app.goto(`/devices/${device.id.id}?tab=relations`);
  await expect(app.getByRole("tab", { name: "Relations" })).toBeInViewport({ ratio: 0.95 });
  const width = await app.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
});
