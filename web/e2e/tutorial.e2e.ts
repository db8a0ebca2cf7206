/** The way of the tutorial: from a broker to live values, by the pages alone. */
import { expect, test, write } from "./scene";

test.describe.configure({ mode: "serial" });

const TOPIC = "tb/mqtt-integration-tutorial/sensors/SN-001/temperature";
const SCRIPT = `var body = decodeToJson(payload);
var levels = metadata.topic.split("/");
return {
    deviceName: levels[3],
    deviceType: "sensor",
    attributes: { integrationName: metadata.integrationName },
    telemetry: { temperature: body.value }
};`;

test("a converter is written, tested and added", async ({ app }) => {
  await app.goto("/converters/new");
  await app.getByLabel("Name", { exact: true }).fill("MQTT Uplink Converter");
  const editor = app.getByRole("textbox", { name: "Script" });
  await write(editor, SCRIPT);
  await app.getByRole("button", { name: "Test", exact: true }).click();

  const dialog = app.getByRole("dialog", { name: "Test the decoder" });
  await dialog.getByRole("button", { name: "Test", exact: true }).click();
  await expect(dialog.getByRole("status", { name: "Output" })).toContainText('"temperature": 25.1');

  await write(dialog.getByRole("textbox", { name: "Script under test" }), "return missing(payload);");
  await dialog.getByRole("button", { name: "Test", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("missing");
  await write(dialog.getByRole("textbox", { name: "Payload" }), "{");
  await dialog.getByRole("button", { name: "Test", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("The payload is not JSON");
  await dialog.getByRole("button", { name: "Close" }).last().click();

  await app.getByRole("button", { name: "Add", exact: true }).click();
  await expect(app.getByRole("heading", { name: "MQTT Uplink Converter" })).toBeVisible();
});

test("the wizard connects to the broker and says what the broker says", async ({ app, broker }) => {
  await app.goto("/integrations");
  await app.getByRole("link", { name: "Add integration" }).first().click();
  await app.getByLabel("Name", { exact: true }).fill("MQTT Integration");
  await app.getByRole("button", { name: "Next" }).click();
  await app.getByText("Select existing").click();
  await app.getByRole("button", { name: /Uplink converter/ }).click();
  await app.getByRole("option", { name: "MQTT Uplink Converter" }).click();
  await app.getByRole("button", { name: "Next" }).click();
  await app.getByRole("button", { name: "Skip" }).click();

  await app.getByRole("button", { name: "Add", exact: true }).click();
  await expect(app.getByText("name or address of the broker")).toBeVisible();
  await app.getByLabel("Host").fill("127.0.0.1");
  await app.getByLabel("Port").fill("1");
  await app
    .getByLabel("Topic filter 1", { exact: true })
    .fill("tb/mqtt-integration-tutorial/sensors/+/temperature");
  await app.getByRole("button", { name: "Check connection" }).click();
  await expect(app.getByRole("alert")).toContainText("127.0.0.1:1");
  await app.getByLabel("Port").fill(String(broker.port));
  await app.getByLabel("Host").focus();
  await app.getByRole("button", { name: "Check connection" }).click();
  await expect(app.getByText("Connected.")).toBeVisible();
  await app.getByRole("button", { name: "Add", exact: true }).click();

  await expect(app.getByRole("heading", { name: "MQTT Integration" })).toBeVisible();
  const filters = app.getByRole("table", { name: "Topic filters" });
  await expect(filters).toContainText("Granted QoS 1");
});

test("the first message makes a device, rings the bell and shows its value", async ({
  app,
  broker,
  rest,
}) => {
  // What other scenarios on this server rang the bell for.
  await rest.put("/api/notifications/read");
  await app.goto("/devices");
  await broker.publish(TOPIC, '{"value":25.1}');
  await app.getByRole("button", { name: "Notifications, 1 unread" }).click();
  await app
    .getByRole("dialog", { name: "Notifications" })
    .getByRole("link", { name: /SN-001/ })
    .click();
  await expect(app.getByRole("heading", { name: "SN-001" })).toBeVisible();
  await expect(app.getByRole("button", { name: "Notifications", exact: true })).toBeVisible();
  const row = app.getByRole("table", { name: "Latest telemetry" }).getByRole("row", { name: /temperature/ });
  await expect(row).toContainText("25.1");
  await broker.publish(TOPIC, '{"value":26.4}');
  await expect(row).toContainText("26.4");

  await app.getByRole("tab", { name: "Attributes" }).click();
  await expect(app.getByRole("row", { name: /integrationName/ })).toContainText("MQTT Integration");
  await app.getByRole("tab", { name: "Relations" }).click();
  await expect(app.getByRole("row", { name: /ManagedByIntegration/ })).toContainText("MQTT Integration");
});

test("a bad payload is found among the failures and opens in the test", async ({ app, broker }) => {
  await broker.publish(TOPIC, "not json");
  await app.goto("/converters");
  await app.getByRole("row", { name: /MQTT Uplink Converter/ }).click();
  await app.getByRole("tab", { name: "Events" }).click();
  await app.getByText("Failures only").click();
  const row = app.getByRole("table", { name: "Debug events" }).getByRole("row", { name: /not json/ });
  await expect(row).toContainText("Failed");
  await row.getByRole("button", { name: "Open in the test" }).click();
  const dialog = app.getByRole("dialog", { name: "Test the decoder" });
  await expect(dialog.getByRole("textbox", { name: "Payload" })).toHaveValue("not json");
  await expect(dialog.getByLabel("metadata value 1")).not.toHaveValue("");
  await dialog.getByRole("button", { name: "Test", exact: true }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
});

test("a broker that goes away is told and comes back by itself", async ({ app, broker }) => {
  await app.goto("/integrations");
  const row = app.getByRole("row", { name: /MQTT Integration/ });
  await expect(row).toContainText("Active");
  await broker.pause();
  await expect(row).not.toContainText("Active");
  await broker.resume();
  await expect(row).toContainText("Active", { timeout: 20_000 });
});

test("an integration is disabled, enabled and deleted", async ({ app }) => {
  await app.goto("/integrations");
  await app
    .getByRole("row", { name: /MQTT Integration/ })
    .getByText("MQTT Integration")
    .click();
  await app.getByRole("button", { name: "Disable" }).click();
  await expect(app.getByRole("button", { name: "Enable" })).toBeVisible();
  await expect(app.getByText("Disabled").first()).toBeVisible();
  await app.getByRole("button", { name: "Enable" }).click();
  await expect(app.getByText("Active").first()).toBeVisible();
  await app.getByRole("button", { name: "Integration actions" }).click();
  await app.getByRole("menuitem", { name: "Delete" }).click();
  await app.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  // Other scenarios on this server keep theirs.
  await expect(app.getByRole("heading", { name: "Integrations" })).toBeVisible();
  await expect(app.getByRole("link", { name: "MQTT Integration", exact: true })).toHaveCount(0);
});
