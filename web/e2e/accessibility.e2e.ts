import { accessible, expect, test } from "./scene";
import { connected } from "./rest";

test("every page passes the automatic checks, light and dark", async ({ app, rest, broker, page }) => {
  test.setTimeout(120_000);
  const integration = await connected(rest, broker.port, "Checked");
  await expect
    .poll(
      async () =>
        (await rest.get<{ state: string }>(`/api/millrace/integration/${integration.id.id}/status`)).state,
    )
    .toBe("ACTIVE");
  await broker.publish("site/checked/values", '{"temperature":20.5,"door":true}');
  const first = async (path: string) =>
    (await rest.get<{ data: { id: { id: string } }[] }>(`${path}?pageSize=1&page=0`)).data[0]?.id.id ?? "";
  await expect.poll(() => first("/api/tenant/devices")).not.toBe("");
  const device = await first("/api/tenant/devices");
  const converter = await first("/api/converters");
  const chain = await first("/api/ruleChains");
  const profile = await first("/api/deviceProfiles");
  const asset = await rest.post("/api/asset", { name: "Hall", type: "building" });
  const pages = [
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
    "/integrations",
    "/integrations/new",
    `/integrations/${integration.id.id}`,
    `/integrations/${integration.id.id}?tab=details`,
    `/integrations/${integration.id.id}?tab=events`,
    "/converters",
    "/converters/new",
    `/converters/${converter}`,
    `/converters/${converter}?tab=events`,
    "/rule-chains",
    `/rule-chains/${chain}`,
    "/notifications",
    "/settings",
  ];
  for (const path of pages) {
    await app.goto(path);
    await expect(app.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(app.getByText(/^Loading /)).toHaveCount(0);
    await accessible(app, path);
  }
  await page.emulateMedia({ colorScheme: "dark" });
  for (const path of ["/", "/devices", `/devices/${device}`, `/converters/${converter}`, "/settings"]) {
    await app.goto(path);
    await expect(app.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(app.getByText(/^Loading /)).toHaveCount(0);
    await accessible(app, `${path} in the dark`);
  }
});

test("the page of signing in passes them too", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await accessible(page, "signing in");
});

test("on a narrow screen the navigation opens and closes", async ({ app }) => {
  await app.setViewportSize({ width: 390, height: 800 });
  await expect(app.getByRole("navigation", { name: "Main" })).toBeHidden();
  await app.getByRole("button", { name: "Open navigation" }).click();
  await app.getByRole("link", { name: "Devices", exact: true }).click();
  await expect(app.getByRole("heading", { name: "Devices" })).toBeVisible();
  await expect(app.getByRole("navigation", { name: "Main" })).toBeHidden();
  const width = await app.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
});
