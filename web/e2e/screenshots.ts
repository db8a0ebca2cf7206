/** Pictures of the pages of a demonstration, for people to look at: `npm run screenshots`. */
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test as base, type Page } from "@playwright/test";
import { Server } from "./processes";
import { Rest, type Saved } from "./rest";
import { write } from "./scene";

const OUT = resolve(process.env.SCREENSHOTS ?? "../target/screenshots");
const EMAIL = "demo@localhost";
const PASSWORD = "demo";

const test = base.extend<object, { server: Server }>({
  server: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const server = await Server.start(["demo", "--broker-port", "0"]);
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ server }, use) => use(server.url),
});

/** The sensor's converter with one more value. */
const EDITED = `var body = decodeToJson(payload);
var levels = metadata.topic.split("/");
return {
    deviceName: levels[3],
    deviceType: "sensor",
    attributes: { integrationName: metadata.integrationName },
    telemetry: { temperature: body.value, fahrenheit: toFixed(body.value * 1.8 + 32, 1) }
};`;

const LOOKS = [
  { name: "light", colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  { name: "narrow", colorScheme: "light", viewport: { width: 390, height: 844 } },
] as const;

async function picture(page: Page, look: string, name: string): Promise<void> {
  await page.screenshot({ path: `${OUT}/${look}-${name}.png` });
}

for (const look of LOOKS) {
  test(`the pages, ${look.name}`, async ({ page, server }) => {
    mkdirSync(OUT, { recursive: true });
    await page.setViewportSize(look.viewport);
    await page.emulateMedia({ colorScheme: look.colorScheme });
    const rest = await Rest.signIn(server.url, EMAIL, PASSWORD);
    const first = async (path: string) =>
      (await rest.get<{ data: Saved[] }>(`${path}?pageSize=1&page=0`)).data[0]?.id.id ?? "";
    await page.goto("/");
    await picture(page, look.name, "sign-in");
    await page.getByLabel("E-mail").fill(EMAIL);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "You and this browser" }).waitFor();

    const integration = await first("/api/integrationInfos");
    const converter = await first("/api/converters");
    const device = await first("/api/deviceInfos/all");
    const chain = await first("/api/ruleChains");
    const dashboard = await first("/api/tenant/dashboards");
    const profile = await first("/api/deviceProfiles");
    const [some] = (await rest.get<{ data: Saved[] }>("/api/deviceInfos/all?pageSize=1&page=0")).data;
    const room = await rest.post("/api/asset", { name: `Boiler room ${look.name}`, type: "building" });
    await rest.post("/api/v2/relation", {
      from: room.id,
      to: some?.id,
      type: "Contains",
      typeGroup: "COMMON",
    });
    for (const [type, severity] of [
      ["Too warm", "CRITICAL"],
      ["Fan is slow", "WARNING"],
    ])
      await rest.post("/api/alarm", { type, originator: some?.id, severity });
    const pages: Record<string, string> = {
      home: "/",
      dashboards: "/dashboards",
      dashboard: `/dashboards/${dashboard}`,
      devices: "/devices",
      device: `/devices/${device}`,
      attributes: `/devices/${device}?tab=attributes`,
      commands: `/devices/${device}?tab=commands`,
      "device-details": `/devices/${device}?tab=details`,
      "device-events": `/devices/${device}?tab=events`,
      relations: `/devices/${device}?tab=relations`,
      alarms: "/alarms",
      assets: "/assets",
      asset: `/assets/${room.id.id}`,
      "asset-profiles": "/asset-profiles",
      profiles: "/profiles",
      profile: `/profiles/${profile}`,
      integrations: "/integrations",
      wizard: "/integrations/new",
      integration: `/integrations/${integration}`,
      "integration-events": `/integrations/${integration}?tab=events`,
      "integration-details": `/integrations/${integration}?tab=details`,
      converters: "/converters",
      "new-converter": "/converters/new",
      converter: `/converters/${converter}`,
      "converter-events": `/converters/${converter}?tab=events`,
      "rule-chains": "/rule-chains",
      "rule-chain": `/rule-chains/${chain}`,
      notifications: "/notifications",
      settings: "/settings",
    };
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await expect(page.getByText(/^Loading /)).toHaveCount(0);
      // A chart with a few values says more than an empty one.
      if (name === "device" || name === "dashboard")
        await page.waitForTimeout(look.name === "light" ? 15_000 : 2_000);
      await page.waitForTimeout(400);
      await picture(page, look.name, name);
    }
    await page.goto(`/rule-chains/${chain}`);
    const node = page.getByRole("group", { name: /^message type switch/ });
    await node.getByRole("button", { name: /^Record all messages/ }).click();
    await node.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("tab", { name: "Events" }).click();
    await page.getByRole("list", { name: "Messages at the node" }).getByRole("button").first().click();
    await picture(page, look.name, "node");
    const [uplink] = (
      await rest.get<{ data: Saved[] }>("/api/converters?pageSize=1&page=0&textSearch=MQTT%20Uplink")
    ).data;
    await page.goto(`/converters/${uplink?.id.id ?? ""}`);
    const editor = page.getByRole("textbox", { name: "Script", exact: true });
    await write(editor, EDITED);
    const replay = page.getByRole("region", { name: "Replay" });
    await expect(replay.getByRole("status")).toContainText("changed");
    await replay.getByRole("listbox").getByRole("option").first().click();
    await picture(page, look.name, "replay-editor");
    await replay.scrollIntoViewIfNeeded();
    await page.mouse.wheel(0, 2_000);
    await picture(page, look.name, "replay");
    await page.goto(`/dashboards/${dashboard}`);
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    await picture(page, look.name, "dashboard-edit");
    await page.getByRole("button", { name: "Add widget" }).first().click();
    await page.getByRole("dialog", { name: "Add widget" }).waitFor();
    await picture(page, look.name, "add-widget");
    await page.goto("/");
    await page.getByRole("button", { name: /^Notifications/ }).click();
    await page.getByRole("dialog", { name: "Notifications" }).waitFor();
    await picture(page, look.name, "bell");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.getByRole("searchbox", { name: "Search and go to" }).fill("de");
    await picture(page, look.name, "palette");
    await page.goto(`/converters/${converter}`);
    await page.getByRole("button", { name: /^Test/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Test", exact: true }).click();
    await page.getByRole("status", { name: "Output" }).locator("pre, [role=alert]").waitFor();
    await picture(page, look.name, "test");
  });
}
