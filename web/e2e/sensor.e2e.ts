/** The tutorial of a sensor, from an empty installation, by the pages alone; the API only checks. */
import type { Saved } from "./rest";
import { type Page, chooseFile, expect, test, write } from "./scene";
import type { Listener } from "./processes";

test.use({ installation: "the sensor's tutorial" });
test.describe.configure({ mode: "serial", timeout: 120_000 });

const ROOT = "tb/mqtt-integration-tutorial/sensors";
const TEMPERATURE = `${ROOT}/SN-001/temperature`;

interface Call {
  method: string;
  state: string;
  oneway: boolean;
  reason?: string;
}

const UPLINK = `var body = decodeToJson(payload);
var levels = metadata.topic.split("/");
return {
    deviceName: levels[3],
    deviceType: "sensor",
    attributes: { integrationName: metadata.integrationName },
    telemetry: { temperature: body.value }
};`;

const UPLINK_WITH_ANSWERS = `var body = decodeToJson(payload);
var topic = metadata.topic;
var levels = topic.split("/");
var values = null;
if (topic.endsWith("/temperature")) {
    values = { temperature: body.value };
} else if (topic.endsWith("/rx/response")) {
    values = body;
}
return {
    deviceName: levels[3],
    deviceType: "sensor",
    attributes: { integrationName: metadata.integrationName },
    telemetry: values
};`;

const downlink = (end: string) => `var digits = msg.params.replace("\\"", "");
var command = { value: parseInt(digits) };
return {
    contentType: "JSON",
    data: JSON.stringify(command),
    metadata: { topic: "${ROOT}/" + metadata.deviceName + "${end}" }
};`;

const output = (app: Page) => app.getByRole("dialog").getByRole("status", { name: "Output" });

/** Opens a row of a list. */
async function open(app: Page, list: string, name: string): Promise<void> {
  await app.goto(list);
  await app
    .getByRole("row", { name: new RegExp(name) })
    .getByText(name, { exact: true })
    .click();
  await expect(app.getByRole("heading", { name, level: 1 })).toBeVisible();
}

async function addConverter(
  app: Page,
  name: string,
  script: string | undefined,
  choose: { type?: string; lang?: string } = {},
): Promise<void> {
  await app.goto("/converters");
  await app.getByRole("link", { name: "Add converter" }).first().click();
  await app.getByLabel("Name", { exact: true }).fill(name);
  for (const [label, option] of [
    ["Type", choose.type],
    ["Language", choose.lang],
  ] as const) {
    if (option === undefined) continue;
    await app.getByRole("button", { name: new RegExp(label) }).click();
    await app.getByRole("option", { name: option }).click();
  }
  if (script !== undefined) await write(app.getByRole("textbox", { name: "Script" }), script);
}

test("A1: converters are written, tested and added", async ({ app, rest }) => {
  await test.step("A1.1, A1.2: uplink", async () => {
    await addConverter(app, "MQTT Uplink Converter", UPLINK);
    await app.getByRole("button", { name: "Test", exact: true }).click();
    const dialog = app.getByRole("dialog", { name: "Test the decoder" });
    await write(dialog.getByRole("textbox", { name: "Payload" }), '{"value":25.1}');
    await dialog.getByRole("button", { name: "Test", exact: true }).click();
    await expect(output(app)).toContainText('"temperature": 25.1');
    expect(JSON.parse(await output(app).locator("pre").innerText())).toEqual({
      deviceName: "SN-001",
      deviceType: "sensor",
      attributes: { integrationName: "MQTT Integration" },
      telemetry: { temperature: 25.1 },
    });
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await app.getByRole("button", { name: "Add", exact: true }).click();
    await expect(app.getByRole("heading", { name: "MQTT Uplink Converter" })).toBeVisible();
    await app.getByRole("tab", { name: "Events" }).click();
    await expect(app.getByText(/^Recording all messages, .* left$/)).toBeVisible();
  });

  await test.step("A1.3: the same name again is refused", async () => {
    await addConverter(app, "MQTT Uplink Converter", UPLINK);
    await app.getByRole("button", { name: "Add", exact: true }).click();
    await expect(app.getByRole("alert")).toContainText("MQTT Uplink Converter");
  });

  await test.step("A1.4: downlink, with the default script", async () => {
    await addConverter(app, "MQTT Downlink Converter", undefined, { type: "Downlink" });
    await app.getByRole("button", { name: "Add", exact: true }).click();
    await expect(app.getByRole("heading", { name: "MQTT Downlink Converter" })).toBeVisible();
  });

  await test.step("A1.5: the same in JavaScript", async () => {
    await addConverter(app, "JS Uplink", UPLINK, { lang: "JavaScript" });
    await app.getByRole("button", { name: "Test", exact: true }).click();
    await app.getByRole("dialog").getByRole("button", { name: "Test", exact: true }).click();
    await expect(output(app)).toContainText('"temperature": 25.1');
    await app.getByRole("dialog").getByRole("button", { name: "Close" }).last().click();
    await app.getByRole("button", { name: "Add", exact: true }).click();
    await expect(app.getByRole("heading", { name: "JS Uplink" })).toBeVisible();
  });
  const converters = await rest.get<{ totalElements: number }>("/api/converters?pageSize=10&page=0");
  expect(converters.totalElements).toBe(3);
});

test("A2: the integration is added step by step and stays honest", async ({ app, broker }) => {
  await app.goto("/integrations");
  await app.getByRole("link", { name: "Add integration" }).first().click();
  await app.getByLabel("Name", { exact: true }).fill("MQTT Integration");
  await app.getByRole("button", { name: "Next" }).click();
  for (const [kind, name] of [
    ["Uplink", "MQTT Uplink Converter"],
    ["Downlink", "MQTT Downlink Converter"],
  ] as const) {
    await app.getByText("Select existing").click();
    await app.getByRole("button", { name: new RegExp(`${kind} converter`) }).click();
    await app.getByRole("option", { name }).click();
    await app.getByRole("button", { name: "Next" }).click();
  }
  await app.getByLabel("Host").fill("127.0.0.1");
  await app.getByLabel("Topic filter 1", { exact: true }).fill(`${ROOT}/+/temperature`);
  await app.getByRole("button", { name: /QoS of topic filter 1/ }).click();
  await app.getByRole("option", { name: /QoS 0/ }).click();
  await app.getByRole("button", { name: "Advanced settings" }).click();
  await expect(app.getByRole("checkbox", { name: /Clean session/ })).not.toBeChecked();
  await expect(app.getByLabel("Downlink topic pattern")).toHaveValue("${topic}");

  await test.step("A2.2: check connection, with a closed port first", async () => {
    await app.getByLabel("Port").fill("1");
    await app.getByRole("button", { name: "Check connection" }).click();
    await expect(app.getByRole("alert")).toContainText("127.0.0.1:1");
    await app.getByLabel("Port").fill(String(broker.port));
    await app.getByLabel("Host").focus();
    await app.getByRole("button", { name: "Check connection" }).click();
    await expect(app.getByText("Connected.")).toBeVisible();
  });

  await test.step("A2.3: add", async () => {
    await app.getByRole("button", { name: "Add", exact: true }).click();
    await expect(app.getByRole("heading", { name: "MQTT Integration" })).toBeVisible();
    await expect(app.getByText("Active").first()).toBeVisible({ timeout: 5_000 });
    const filters = app.getByRole("table", { name: "Topic filters" });
    await expect(filters).toContainText(`${ROOT}/+/temperature`);
    await expect(filters).toContainText("Granted QoS 0");
    await expect(app.getByRole("list", { name: "Connects and losses" })).toContainText("STARTED");
  });

  await test.step("A2.4: the broker goes and comes back", async () => {
    await broker.pause();
    await expect(app.getByRole("region", { name: "Connection", exact: true })).not.toContainText("Active");
    await broker.resume();
    await expect(app.getByRole("table", { name: "Topic filters" })).toContainText("Granted QoS 0", {
      timeout: 20_000,
    });
    await expect(app.getByText("Active").first()).toBeVisible();
    await app.getByRole("tab", { name: "Events" }).click();
    await app.getByRole("button", { name: /Kind of events/ }).click();
    await app.getByRole("option", { name: "Lifecycle" }).click();
    const log = app.getByRole("table", { name: "Lifecycle events" });
    await expect(log.getByRole("row", { name: /STARTED/ })).toContainText("OK");
    await expect(log.getByRole("row", { name: /Failed/ }).first()).toBeVisible();
    await expect(log.getByRole("row", { name: / CONNECTED/ })).toHaveCount(2);
  });
});

test("A3: messages become a device, values, a notification and events", async ({ app, broker, rest }) => {
  await app.goto("/devices");
  await broker.publish(TEMPERATURE, '{"value":25.1}');
  await test.step("A3.2: the bell rings and leads to the device", async () => {
    await app.getByRole("button", { name: "Notifications, 1 unread" }).click();
    await app
      .getByRole("dialog", { name: "Notifications" })
      .getByRole("link", { name: /SN-001/ })
      .click();
    await expect(app.getByRole("heading", { name: "SN-001" })).toBeVisible();
    await expect(app.getByRole("button", { name: "Notifications", exact: true })).toBeVisible();
  });
  const row = app.getByRole("table", { name: "Latest telemetry" }).getByRole("row", { name: /temperature/ });
  await test.step("A3.3 to A3.5: profile, values, attributes", async () => {
    await expect(app.getByText("sensor", { exact: false }).first()).toBeVisible();
    await expect(app.getByRole("main").getByText("Active")).toBeVisible();
    await expect(row).toContainText("25.1");
    await app.getByRole("tab", { name: "Attributes" }).click();
    await expect(app.getByRole("row", { name: /integrationName/ })).toContainText("MQTT Integration");
  });
  await test.step("A3.8: the relation from the integration", async () => {
    await app.getByRole("tab", { name: "Relations" }).click();
    await expect(app.getByRole("row", { name: /ManagedByIntegration/ })).toContainText("MQTT Integration");
  });
  await test.step("A3.9: a second value, no second device", async () => {
    await app.getByRole("tab", { name: "Latest telemetry" }).click();
    await broker.publish(TEMPERATURE, '{"value":26}');
    await expect(row).toContainText("26");
    await expect(app.getByRole("button", { name: "Notifications", exact: true })).toBeVisible();
  });
  await test.step("A3.6: the integration's debug events", async () => {
    await open(app, "/integrations", "MQTT Integration");
    await app.getByRole("tab", { name: "Events" }).click();
    const debug = app.getByRole("table", { name: "Debug events" }).getByRole("row", { name: /25\.1/ });
    await expect(debug).toContainText("Uplink");
    await expect(debug).toContainText("OK");
    await expect(debug).toContainText(TEMPERATURE);
  });
  await test.step("A3.7, A3.10: the converter's, and a payload that is not JSON", async () => {
    await broker.publish(TEMPERATURE, "not json");
    await open(app, "/converters", "MQTT Uplink Converter");
    await app.getByRole("tab", { name: "Events" }).click();
    const debug = app.getByRole("table", { name: "Debug events" });
    await expect(debug.getByRole("row", { name: /"value": ?25\.1/ })).toContainText("MQTT Integration");
    const bad = debug.getByRole("row", { name: /not json/ });
    await expect(bad).toContainText("Failed");
    await bad.getByRole("button", { name: "Open in the test" }).click();
    const dialog = app.getByRole("dialog", { name: "Test the decoder" });
    await expect(dialog.getByRole("textbox", { name: "Payload" })).toHaveValue("not json");
    await dialog.getByRole("button", { name: "Test", exact: true }).click();
    await expect(dialog.getByRole("alert")).toBeVisible();
    await dialog.getByRole("button", { name: "Close" }).last().click();
  });
  await test.step("A3.11: fifty first messages make one device", async () => {
    await Promise.all(
      Array.from({ length: 50 }, () => broker.publish(`${ROOT}/SN-050/temperature`, '{"value":1}')),
    );
    await app.goto("/devices?q=SN-050");
    await expect(app.getByText("1–1 of 1 device")).toBeVisible();
  });
  await test.step("A3.12: without permission no device is made, and the events say why", async () => {
    await open(app, "/integrations", "MQTT Integration");
    await app.getByRole("tab", { name: "Details" }).click();
    await app.getByText("Create devices and assets").click();
    await app.getByRole("button", { name: "Apply changes" }).click();
    await expect(app.getByText("Changes saved")).toBeVisible();
    await broker.publish(`${ROOT}/SN-777/temperature`, '{"value":1}');
    await app.getByRole("tab", { name: "Events" }).click();
    await app.getByText("Failures only").click();
    await expect(app.getByRole("table", { name: "Debug events" })).toContainText("SN-777");
    await app.getByRole("tab", { name: "Details" }).click();
    await app.getByText("Create devices and assets").click();
    await app.getByRole("button", { name: "Apply changes" }).click();
    await expect(app.getByText("Changes saved").first()).toBeVisible();
    const found = await rest.get<{ totalElements: number }>(
      "/api/tenant/devices?pageSize=5&page=0&textSearch=SN-777",
    );
    expect(found.totalElements).toBe(0);
  });
});

test("A5: the command is looked at before there is a way down", async ({ app }) => {
  await app.goto("/rule-chains");
  await app.getByRole("row", { name: /Root Rule Chain/ }).click();
  const record = app.getByRole("button", { name: "Record all messages of Message Type Switch" });
  await record.click();
  await expect(record).toHaveAttribute("aria-pressed", "true");

  await open(app, "/devices", "SN-001");
  await app.getByRole("tab", { name: "Commands" }).click();
  for (const params of ['"33"', "33"]) {
    await app.getByLabel("Parameters").fill(params);
    await app.getByRole("button", { name: "Send", exact: true }).click();
    await expect(app.getByRole("alert")).toBeVisible();
  }
  await expect(app.getByRole("table", { name: "Recent commands" }).getByText("Failed")).toHaveCount(2);

  await app.goto("/rule-chains");
  await app.getByRole("row", { name: /Root Rule Chain/ }).click();
  await app.getByRole("group", { name: "message type switch: Message Type Switch" }).focus();
  await app.keyboard.press("Enter");
  await app.getByRole("tab", { name: "Events" }).click();
  const messages = app.getByRole("list", { name: "Messages at the node" });
  const out = messages.getByRole("button", {
    name: /OUT.*RPC Request to Device.*RPC_CALL_FROM_SERVER_TO_DEVICE/,
  });
  await expect(out).toHaveCount(2);
  await out.first().click();
  await expect(messages.getByLabel("Message", { exact: true })).toContainText('"params": "33"');
  const metadata = messages.getByLabel("Metadata", { exact: true });
  for (const text of [
    '"oneway": "true"',
    '"deviceName": "SN-001"',
    '"deviceType": "sensor"',
    '"persistent": "false"',
    "requestUUID",
    "originServiceId",
    "expirationTime",
  ]) {
    await expect(metadata).toContainText(text);
  }
  await out.first().click();
  await out.last().click();
  await expect(messages.getByLabel("Message", { exact: true })).toContainText('"params": "\\"33\\""');
});

test("A4: a dashboard with a knob", async ({ app, rest }) => {
  await app.goto("/dashboards");
  await app.getByRole("button", { name: "Create dashboard" }).first().click();
  await app.getByLabel("Title").fill("MQTT RPC");
  await app.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await test.step("A4.1: the alias", async () => {
    await app.getByRole("button", { name: "Dashboard", exact: true }).click();
    await app.getByRole("menuitem", { name: "Entity aliases" }).click();
    await app.getByRole("button", { name: "Add alias" }).click();
    const alias = app.getByRole("dialog", { name: "New alias" });
    await alias.getByLabel("Alias name").fill("Sensor");
    await alias.getByRole("combobox", { name: "Entity" }).fill("SN-001");
    await app.getByRole("option", { name: "SN-001" }).click();
    await alias.getByRole("button", { name: "Add alias" }).click();
    await app.getByRole("dialog", { name: "Entity aliases" }).getByRole("button", { name: "Done" }).click();
  });
  await test.step("A4.2: the knob", async () => {
    await app.getByRole("button", { name: "Add widget" }).first().click();
    await app.getByRole("dialog", { name: "Add widget" }).getByRole("button", { name: /^Knob/ }).click();
    const dialog = app.getByRole("dialog", { name: "Add widget: Knob" });
    await dialog.getByRole("textbox", { name: "Title" }).fill("Knob");
    await dialog.getByLabel("Least value").fill("15");
    await dialog.getByLabel("Most value").fill("45");
    await dialog.getByLabel("Decimals of all").fill("0");
    await dialog.getByRole("button", { name: /Initial value from/ }).click();
    await app.getByRole("option", { name: "Ask the device (RPC)" }).click();
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
  });
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();
  const devices = await rest.get<{ data: Saved[] }>(
    "/api/tenant/devices?pageSize=1&page=0&textSearch=SN-001",
  );
  const device = devices.data[0]?.id.id ?? "";
  const asked = async () =>
    (await rest.get<Call[]>(`/api/millrace/device/${device}/commands`)).filter(
      (one) => one.method === "getValue",
    );
  // Once it is not edited any more, the knob asks; and again with the page that is loaded anew.
  await expect.poll(async () => (await asked()).length).toBe(1);
  await app.reload();
  const knob = app.getByRole("slider", { name: "Knob" });
  await expect(knob).toHaveAttribute("aria-valuemin", "15");
  await expect(knob).toHaveAttribute("aria-valuemax", "45");
  await test.step("A4.3: the knob asks once, and says why nobody answered", async () => {
    await expect(knob).toHaveAttribute("aria-valuenow", "15");
    const life = app.getByRole("region", { name: "Knob" }).getByRole("status");
    await expect(life).toContainText("Not read");
    const [last, ...before] = await asked();
    expect(before).toHaveLength(1);
    expect(last?.state).toBe("FAILED");
    expect(last?.oneway).toBe(false);
    await expect(life).toContainText(last?.reason ?? "a reason");
  });
  const [board] = (await rest.get<{ data: Saved[] }>("/api/tenant/dashboards?pageSize=5&page=0")).data;
  const saved = JSON.stringify(await rest.get(`/api/dashboard/${board?.id.id}`));
  expect(saved).toContain("singleEntity");
  expect(saved).toContain("system.control_widgets.knob_control");
});

async function turn(app: Page, value: number): Promise<void> {
  const knob = app.getByRole("slider", { name: "Knob" });
  await knob.focus();
  await app.keyboard.press("Home");
  await expect(knob).toHaveAttribute("aria-valuenow", "15");
  for (let at = 15; at < value; at += 1) await app.keyboard.press("ArrowUp");
  await expect(knob).toHaveAttribute("aria-valuenow", String(value));
}

/** The last message of a listener, once it is the one that is waited for. */
async function last(listener: Listener, payload: string): Promise<void> {
  await expect.poll(() => listener.messages.at(-1)?.payload).toBe(payload);
}

test("A6: commands go down to the device", async ({ app, broker }) => {
  await test.step("A6.1: the node integration downlink", async () => {
    await app.goto("/rule-chains");
    await app.getByRole("row", { name: /Root Rule Chain/ }).click();
    await app.getByRole("button", { name: "Add node" }).click();
    const palette = app.getByRole("complementary", { name: "Nodes to add" });
    await palette.getByRole("searchbox").fill("downlink");
    const canvas = app.getByRole("application", { name: "Rule chain" });
    await palette
      .getByRole("button", { name: "integration downlink" })
      .dragTo(canvas, { targetPosition: { x: 420, y: 60 } });
    const panel = app.getByRole("region", { name: /^Node / });
    await panel.getByLabel("Name", { exact: true }).fill("MQTT Integration Downlink");
    await panel
      .getByRole("button", { name: /Choose.*Integration|Integration/ })
      .first()
      .click();
    await app.getByRole("option", { name: "MQTT Integration" }).click();
    await app.getByRole("group", { name: "message type switch: Message Type Switch" }).focus();
    await app.keyboard.press("Enter");
    const from = app.getByRole("region", { name: "Node Message Type Switch" });
    await from.getByRole("tab", { name: "Links" }).click();
    await from.getByRole("button", { name: /Add a link to/ }).click();
    await app.getByRole("option", { name: "MQTT Integration Downlink" }).click();
    const link = app.getByRole("region", {
      name: /^Link from Message Type Switch to MQTT Integration Downlink/,
    });
    // A new link begins with the first label of the node.
    await link.getByRole("checkbox", { checked: true }).focus();
    await link.getByRole("searchbox").fill("RPC Request to Device");
    await link.getByText("RPC Request to Device", { exact: true }).click();
    await link.getByRole("searchbox").fill("");
    await link.getByRole("checkbox", { checked: true }).first().focus();
    await app.keyboard.press("Space");
    await expect(link.getByRole("checkbox", { checked: true })).toHaveCount(1);
    await app.getByRole("button", { name: "Apply changes" }).click();
    await expect(app.getByText("Rule chain saved")).toBeVisible();
    await expect(app.getByRole("group", { name: /^Link: RPC Request to Device/ })).toHaveCount(2);
  });

  await test.step("A6.2: the encoder, tested in both forms", async () => {
    await open(app, "/converters", "MQTT Downlink Converter");
    await write(app.getByRole("textbox", { name: "Script" }), downlink("/rx"));
    await app.getByRole("button", { name: "Test encoder" }).click();
    const dialog = app.getByRole("dialog", { name: "Test the encoder" });
    for (const params of ["33", '\\"33\\"']) {
      await write(
        dialog.getByRole("textbox", { name: "Message", exact: true }),
        `{"method":"setValue","params":"${params}","additionalInfo":null}`,
      );
      await dialog.getByRole("button", { name: "Test", exact: true }).click();
      await expect(output(app)).toContainText('{\\"value\\":33}');
      expect(JSON.parse(await output(app).locator("pre").innerText())).toEqual({
        contentType: "JSON",
        data: '{"value":33}',
        metadata: { topic: `${ROOT}/SN-001/rx` },
      });
    }
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await app.getByRole("button", { name: "Apply changes" }).click();
    await expect(app.getByText("Changes saved")).toBeVisible();
  });

  await test.step("A6.3, A6.4: turning the knob publishes", async () => {
    const heard = broker.listen(`${ROOT}/+/rx`);
    await heard.ready;
    await open(app, "/dashboards", "MQTT RPC");
    await turn(app, 33);
    await last(heard, '{"value":33}');
    await turn(app, 42);
    await last(heard, '{"value":42}');
    expect(heard.messages.every((one) => one.qos === 1 && !one.retain)).toBe(true);
    // A6.6: asking for the value at the start published nothing that is no number.
    expect(heard.messages.filter((one) => !/^\{"value":\d+\}$/.test(one.payload))).toEqual([]);
    heard.stop();
    await open(app, "/integrations", "MQTT Integration");
    await app.getByRole("tab", { name: "Events" }).click();
    const row = app.getByRole("table", { name: "Debug events" }).getByRole("row", { name: /Downlink.*42/ });
    await expect(row).toContainText("OK");
    await expect(row).toContainText(`${ROOT}/SN-001/rx`);
  });

  await test.step("A6.5: the command's life on the device", async () => {
    await open(app, "/devices", "SN-001");
    await app.getByRole("tab", { name: "Commands" }).click();
    await app.getByLabel("Parameters").fill("20");
    await app.getByRole("button", { name: "Send", exact: true }).click();
    await expect(app.getByText("The broker has the command.", { exact: true })).toBeVisible();
    await expect(app.getByRole("table", { name: "Recent commands" })).toContainText("Delivered");
  });
});

test("A7: the device answers", async ({ app, broker }) => {
  await open(app, "/converters", "MQTT Downlink Converter");
  await write(app.getByRole("textbox", { name: "Script" }), downlink("/rx/twoway"));
  await app.getByRole("button", { name: "Apply changes" }).click();
  await expect(app.getByText("Changes saved")).toBeVisible();
  await open(app, "/converters", "MQTT Uplink Converter");
  await write(app.getByRole("textbox", { name: "Script" }), UPLINK_WITH_ANSWERS);
  await app.getByRole("button", { name: "Apply changes" }).click();
  await expect(app.getByText("Changes saved")).toBeVisible();

  await open(app, "/integrations", "MQTT Integration");
  await app.getByRole("tab", { name: "Details" }).click();
  await app.getByRole("button", { name: "Add topic filter" }).click();
  await app.getByLabel("Topic filter 2", { exact: true }).fill(`${ROOT}/+/rx/response`);
  await app.getByRole("button", { name: "Apply changes" }).click();
  await app.getByRole("tab", { name: "Status" }).click();
  await expect(app.getByRole("table", { name: "Topic filters" }).getByText(/^Granted/)).toHaveCount(2);

  const device = broker.listen(`${ROOT}/SN-001/rx/twoway`, () => {
    void broker.publish(`${ROOT}/SN-001/rx/response`, '{"rpcReceived":"OK"}');
  });
  await device.ready;
  await open(app, "/dashboards", "MQTT RPC");
  await turn(app, 40);
  await last(device, '{"value":40}');
  await open(app, "/devices", "SN-001");
  const values = app.getByRole("table", { name: "Latest telemetry" });
  await expect(values.getByRole("row", { name: /rpcReceived/ })).toContainText("OK");
  await expect(values.getByRole("row", { name: /temperature/ })).toContainText("26");
  await broker.publish(TEMPERATURE, '{"value":20.5}');
  await expect(values.getByRole("row", { name: /temperature/ })).toContainText("20.5");

  await test.step("A7.6: a two-way command without a way for answers ends at its time", async () => {
    await app.getByRole("tab", { name: "Commands" }).click();
    await app.getByLabel("Parameters").fill("41");
    await app.getByLabel("Time it may take, seconds").fill("2");
    await app.getByText("Wait for the device's answer").click();
    await app.getByRole("button", { name: "Send", exact: true }).click();
    await last(device, '{"value":41}');
    await expect(app.getByRole("region", { name: "Send a command" }).getByRole("alert")).toBeVisible();
  });
  device.stop();
});

test("what was set up is exported and imported again", async ({ app }) => {
  await open(app, "/converters", "JS Uplink");
  const download = app.waitForEvent("download");
  await app.getByRole("button", { name: "Converter actions" }).click();
  await app.getByRole("menuitem", { name: "Export" }).click();
  const file = await (await download).path();
  await app.getByRole("button", { name: "Converter actions" }).click();
  await app.getByRole("menuitem", { name: "Delete" }).click();
  await app.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(app.getByRole("heading", { name: "Data converters" })).toBeVisible();
  await chooseFile(app, "Import", file);
  await expect(app.getByText("JS Uplink imported")).toBeVisible();
});
