/** What goes wrong with integrations and converters, and what the pages say then. */
import { connected } from "./rest";
import { chooseFile, expect, test, write } from "./scene";

test.describe.configure({ mode: "serial" });

test("a dead broker is told with its address, in the status, the list and the log", async ({ app, rest }) => {
  const integration = await connected(rest, 1, "Dead");
  await app.goto(`/integrations/${integration.id.id}`);
  const connection = app.getByRole("region", { name: "Connection", exact: true });
  await expect(connection).toContainText("Failed");
  await expect(connection.getByRole("alert")).toContainText("127.0.0.1:1");
  await expect(app.getByRole("table", { name: "Topic filters" })).toContainText("Not subscribed");
  await expect(app.getByRole("list", { name: "Connects and losses" })).toContainText("127.0.0.1:1");
  await app.goto("/integrations");
  await expect(app.getByRole("row", { name: /Dead/ })).toContainText("127.0.0.1:1");
});

test("a failing script is found from the integration's events, mended in the test and saved", async ({
  app,
  rest,
  broker,
}) => {
  const integration = await connected(rest, broker.port, "Mended");
  const state = () => rest.get<{ state: string }>(`/api/millrace/integration/${integration.id.id}/status`);
  await expect.poll(async () => (await state()).state).toBe("ACTIVE");
  await broker.publish("site/mended/values", "21.5");
  await app.goto(`/integrations/${integration.id.id}?tab=events`);
  await app.getByText("Failures only").click();
  const row = app.getByRole("table", { name: "Debug events" }).getByRole("row", { name: /site\/mended/ });
  await expect(row).toContainText("Failed");
  await row.getByRole("button", { name: "Open in the decoder's test" }).click();
  const dialog = app.getByRole("dialog", { name: "Test the decoder" });
  await expect(dialog.getByRole("textbox", { name: "Payload" })).toContainText("21.5");
  await expect(dialog.getByLabel("metadata value 1")).toHaveValue("site/mended/values");
  await dialog.getByRole("button", { name: "Test", exact: true }).click();
  // The script runs; what it makes of a bare number is refused.
  await expect(dialog.getByRole("status", { name: "Output" })).toContainText("telemetry must be an object");
  await write(
    dialog.getByRole("textbox", { name: "Script under test" }),
    `var levels = metadata.topic.split("/");
return { deviceName: levels[1], telemetry: { value: parseFloat(decodeToString(payload)) } };`,
  );
  await dialog.getByRole("button", { name: "Test", exact: true }).click();
  await expect(dialog.getByRole("status", { name: "Output" })).toContainText('"value": 21.5');
  await dialog.getByRole("button", { name: "Use this script" }).click();
  await expect(app.getByText("the next message uses this script")).toBeVisible();
  await broker.publish("site/mended/values", "22.5");
  await app.goto("/devices?q=mended");
  await app.getByRole("row", { name: /mended/ }).click();
  await expect(app.getByRole("table", { name: "Latest telemetry" })).toContainText("22.5");
});

test("an error in a script stands under it with line and hint, and a script is formatted", async ({
  app,
}) => {
  await app.goto("/converters/new");
  const editor = app.getByRole("textbox", { name: "Script", exact: true });
  await write(editor, "var a = 1, b = 2;\nreturn {deviceName: a};");
  await expect(app.getByRole("list", { name: "Findings" })).toContainText("line 1");
  await write(
    editor,
    'var topic = metadata.topic;\nif (topic == "a") {\nreturn null;   \n}\nreturn {\ndeviceName: topic\n};',
  );
  await app.getByRole("button", { name: "Format" }).click();
  await expect(editor).toContainText("    return null;");
  await expect(editor).toContainText("    deviceName: topic");
});

test("an integration is disabled, enabled, exported and deleted", async ({ app }) => {
  await app.goto("/integrations");
  await app
    .getByRole("row", { name: /Mended/ })
    .getByText("Mended")
    .click();
  await app.getByRole("button", { name: "Disable" }).click();
  await expect(app.getByText("Disabled").first()).toBeVisible();
  await app.getByRole("button", { name: "Enable" }).click();
  await expect(app.getByText("Active").first()).toBeVisible();
  await app.getByRole("button", { name: "Integration actions" }).click();
  await app.getByRole("menuitem", { name: "Delete" }).click();
  await app.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(app.getByRole("heading", { name: "Integrations" })).toBeVisible();
  await expect(app.getByRole("row", { name: "Mended" })).toHaveCount(0);
});

test("several are imported from one file; what is refused is told and keeps no other", async ({
  app,
  rest,
}) => {
  await rest.post("/api/device", { name: "Taken", type: "meter" });
  const rows = [
    { name: "First", type: "meter" },
    { name: "Taken", type: "meter" },
    { name: "Last", type: "meter" },
  ];
  const file = (content: string) => ({
    name: "devices.json",
    mimeType: "application/json",
    buffer: Buffer.from(content),
  });
  await app.goto("/devices");
  await chooseFile(app, "Import", file("{ not json"));
  await expect(app.getByText(/devices\.json is not JSON/)).toBeVisible();
  await chooseFile(app, "Import", file(JSON.stringify(rows)));
  const dialog = app.getByRole("dialog", { name: "Not everything was imported" });
  await expect(dialog).toContainText("2 devices imported");
  await expect(dialog.getByRole("alert")).toContainText("Taken");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await expect(app.getByRole("row", { name: "Last", exact: true })).toBeVisible();
  for (const name of ["First", "Last"]) {
    await app.getByRole("row", { name, exact: true }).getByRole("checkbox").click({ force: true });
  }
  const download = app.waitForEvent("download");
  await app.getByRole("button", { name: "Export" }).click();
  expect((await download).suggestedFilename()).toBe("devices.json");
});
