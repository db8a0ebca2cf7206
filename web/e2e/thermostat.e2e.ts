/** The tutorial of a thermostat, from an empty installation, by the pages and two old exports alone. */
import { rootChain, thermostatDashboard } from "./exports";
import { simulate } from "./processes";
import { type Page, chooseFile, expect, test, write } from "./scene";

test.use({ installation: "the thermostat's tutorial" });
test.describe.configure({ mode: "serial", timeout: 120_000 });

const DECODER = `var body = decodeToJson(payload);
return {
    deviceName: body.deviceName,
    deviceType: body.deviceType,
    attributes: {
        integrationName: metadata.integrationName,
        deviceName: body.deviceName,
        deviceType: body.deviceType
    },
    telemetry: [{ ts: body.timestamp, values: { temperature: body.temperature } }]
};`;

const ENCODER = `var setpoint = JSON.parse(String(msg.params).split('"').join(""));
return {
    contentType: "JSON",
    data: setpoint,
    metadata: { topic: "devices/" + msg.deviceName + "/temperature/settings" }
};`;

const SETTINGS = "devices/Thermostat-A/temperature/settings";

let thermostat: { stop: () => void } | undefined;
test.afterAll(() => thermostat?.stop());

/** Writes a converter in the wizard's step. */
async function create(app: Page, name: string, word: string, script: string): Promise<void> {
  await app.getByText("Create new").click();
  await app.getByLabel("Name", { exact: true }).fill(name);
  await app.getByRole("button", { name: /Language/ }).click();
  await app.getByRole("option", { name: "JavaScript" }).click();
  await write(app.getByRole("textbox", { name: `${word} script` }), script);
  await app.getByRole("button", { name: "Next" }).click();
}

async function openChain(app: Page): Promise<void> {
  await app.goto("/rule-chains");
  const root = app.getByText("Root", { exact: true });
  await app
    .getByRole("row", { name: /Root Rule Chain/ })
    .filter({ has: root })
    .click();
  await expect(app.getByRole("group", { name: /Push to Integration$/ })).toBeVisible();
}

async function openNode(app: Page, name: string): Promise<void> {
  await app.getByRole("group", { name: new RegExp(`: ${name}$`) }).focus();
  await app.keyboard.press("Enter");
  await expect(app.getByRole("region", { name: `Node ${name}` })).toBeVisible();
}

/** Turns the knob to a number of tens. */
async function turn(app: Page, value: number): Promise<void> {
  const knob = app.getByRole("slider").first();
  await expect(knob).toBeVisible();
  await knob.focus();
  await app.keyboard.press("Home");
  for (let at = 0; at < value; at += 10) await app.keyboard.press("PageUp");
  await expect(knob).toHaveAttribute("aria-valuenow", String(value));
}

test("B1, B2: converters and integration in one wizard", async ({ app, broker }) => {
  await app.goto("/integrations");
  await app
    .getByRole("link", { name: /Connect a broker|Add integration/ })
    .first()
    .click();
  await app.getByLabel("Name", { exact: true }).fill("Thermostats");
  await app.getByRole("button", { name: "Next" }).click();
  await create(app, "Thermostat decoder", "uplink", DECODER);
  await create(app, "Thermostat encoder", "downlink", ENCODER);
  await app.getByLabel("Host").fill("127.0.0.1");
  await app.getByLabel("Port").fill(String(broker.port));
  await app.getByLabel("Topic filter 1", { exact: true }).fill("devices/+/temperature/latest");
  await app.getByRole("button", { name: /QoS of topic filter 1/ }).click();
  await app.getByRole("option", { name: /QoS 0/ }).click();
  await app.getByRole("button", { name: "Check connection" }).click();
  await expect(app.getByText("Connected.")).toBeVisible();
  await app.getByRole("button", { name: "Add", exact: true }).click();
  await expect(app.getByRole("heading", { name: "Thermostats" })).toBeVisible();
  await expect(app.getByText("Active").first()).toBeVisible();
});

test("B3: the thermostat appears with its values and attributes", async ({ app, broker }) => {
  thermostat = simulate("thermostat", broker);
  await app.goto("/devices");
  await app.getByRole("row", { name: /Thermostat-A/ }).click();
  await expect(app.getByText("thermostat", { exact: false }).first()).toBeVisible();
  const row = app.getByRole("table", { name: "Latest telemetry" }).getByRole("row", { name: /temperature/ });
  const before = await row.textContent();
  await expect(row).not.toHaveText(before ?? "");
  await app.getByRole("tab", { name: "Attributes" }).click();
  for (const [key, value] of [
    ["integrationName", "Thermostats"],
    ["deviceName", "Thermostat-A"],
    ["deviceType", "thermostat"],
  ] as const) {
    await expect(app.getByRole("row", { name: new RegExp(key) })).toContainText(value);
  }
});

test("B4: the dashboard is imported and shows live values", async ({ app }) => {
  await app.goto("/dashboards");
  await chooseFile(app, "Import", thermostatDashboard());
  await expect(app.getByRole("heading", { name: "Temperature control dashboard" })).toBeVisible();
  const knob = app.getByRole("slider").first();
  await expect(knob).toHaveAttribute("aria-valuemin", "0");
  await expect(knob).toHaveAttribute("aria-valuemax", "100");
  await expect(app.getByRole("region")).toHaveCount(3);
});

test("B5, B6: the chain is imported, bound to the integration and made root", async ({ app }) => {
  await app.goto("/rule-chains");
  await chooseFile(app, "Import", rootChain());
  const dialog = app.getByRole("dialog", { name: "Import rule chains" });
  await expect(dialog).toContainText("Root Rule Chain, 11 nodes");
  await expect(dialog).toContainText("Named by Push to Integration.");
  await expect(dialog.getByRole("button", { name: "Import all the same" })).toBeVisible();
  await dialog.getByRole("button", { name: /Integration for Push to Integration/ }).click();
  await app.getByRole("option", { name: "Thermostats" }).click();
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await expect(app.getByRole("group", { name: /Is Entity Group$/ })).toBeVisible();
  await expect(app.getByRole("group", { name: /^Link: / })).toHaveCount(12);

  await app.getByRole("button", { name: "Rule chain actions" }).click();
  await app.getByRole("menuitem", { name: "Make root" }).click();
  await expect(app.getByRole("main").getByText("Root", { exact: true })).toBeVisible();
  // Telemetry goes on, now by this chain.
  await expect(app.getByRole("group", { name: /Save Timeseries$/ })).toContainText(/[1-9]\d* in/);
});

test("B7, B8: as it is, the chain publishes to nobody, and its marks say why", async ({ app, broker }) => {
  await openChain(app);
  const mark = app.getByRole("group", { name: /Name from Metadata to Message$/ }).getByRole("img");
  await expect(mark).toHaveAccessibleName(/cs_deviceName.*server attribute.*ss_deviceName/);
  const heard = broker.listen("devices/+/temperature/settings");
  await heard.ready;
  await app.goto("/dashboards");
  await app.getByRole("row", { name: /Temperature control dashboard/ }).click();
  await turn(app, 40);
  await expect.poll(() => heard.messages.at(-1)?.topic).toBe("devices/undefined/temperature/settings");
  heard.stop();
});

test("B9, B10: repaired, the command arrives and the temperature follows", async ({ app, broker }) => {
  await openChain(app);
  await openNode(app, "Getting Atributes to Metadata");
  const panel = app.getByRole("region", { name: "Node Getting Atributes to Metadata" });
  await panel.getByLabel(/Server attributes/i).fill("");
  await panel.getByLabel(/Client attributes/i).fill("deviceName");
  for (const name of [
    "Getting Atributes to Metadata",
    "Name from Metadata to Message",
    "Push to Integration",
  ]) {
    const record = app.getByRole("button", { name: `Record all messages of ${name}` });
    if ((await record.getAttribute("aria-pressed")) === "false") await record.click();
    await expect(record).toHaveAttribute("aria-pressed", "true");
  }
  await app.getByRole("button", { name: "Apply changes" }).click();
  await expect(app.getByText("Rule chain saved")).toBeVisible();
  await expect(
    app.getByRole("group", { name: /Name from Metadata to Message$/ }).getByRole("img"),
  ).toHaveCount(0);

  const heard = broker.listen("devices/+/temperature/settings");
  await heard.ready;
  await app.goto("/dashboards");
  await app.getByRole("row", { name: /Temperature control dashboard/ }).click();
  await turn(app, 40);
  await expect
    .poll(() => heard.messages.at(-1))
    .toMatchObject({ topic: SETTINGS, payload: "40", retain: false });
  heard.stop();

  await test.step("B10: the three nodes tell what happened", async () => {
    await openChain(app);
    const messages = app.getByRole("list", { name: "Messages at the node" });
    const newest = async (node: string, part: string, text: string) => {
      await openNode(app, node);
      await app.getByRole("tab", { name: "Events" }).click();
      await messages
        .getByRole("button", { name: /OUT.*Success/ })
        .first()
        .click();
      await expect(messages.getByLabel(part, { exact: true })).toContainText(text);
    };
    await newest("Getting Atributes to Metadata", "Metadata", '"cs_deviceName": "Thermostat-A"');
    await newest("Name from Metadata to Message", "Message", '"deviceName": "Thermostat-A"');
    await newest("Push to Integration", "Message", '"deviceName": "Thermostat-A"');
  });

  await test.step("B9: the values drift towards the target", async () => {
    await app.goto("/devices");
    await app.getByRole("row", { name: /Thermostat-A/ }).click();
    const row = app
      .getByRole("table", { name: "Latest telemetry" })
      .getByRole("row", { name: /temperature/ });
    await expect
      .poll(async () => Number(/\d+\.\d+/.exec((await row.textContent()) ?? "")?.[0]), { timeout: 60_000 })
      .toBeGreaterThan(36);
  });
});
