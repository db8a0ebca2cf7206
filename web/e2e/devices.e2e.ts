import { deafen } from "./dashboardsScene";
import { connected } from "./rest";
import { chooseFile, expect, test } from "./scene";

test("lists are searched, sorted, paged and deleted from", async ({ app, rest }) => {
  for (let n = 1; n <= 12; n += 1) {
    await rest.post("/api/device", { name: `Meter ${String(n).padStart(2, "0")}`, type: "meter" });
  }
  // Others may have made devices on this server.
  await app.goto("/devices?size=10&sort=name&q=meter");
  const table = app.getByRole("grid", { name: "Devices" });
  await expect(table.getByRole("row")).toHaveCount(11);
  await app.getByRole("button", { name: "Next page" }).click();
  await expect(table.getByRole("row", { name: /Meter 12/ })).toBeVisible();
  await app.getByRole("searchbox", { name: "Search devices" }).fill("meter 0");
  await expect(app.getByText("1–9 of 9 devices")).toBeVisible();
  await app.reload();
  await expect(app.getByText("1–9 of 9 devices")).toBeVisible();
  await table.getByRole("columnheader", { name: "Name" }).click();
  await expect(table.getByRole("row").nth(1)).toContainText("Meter 09");
  await table
    .getByRole("row", { name: /Meter 09/ })
    .getByRole("checkbox")
    .click({ force: true });
  await table
    .getByRole("row", { name: /Meter 08/ })
    .getByRole("checkbox")
    .click({ force: true });
  await app.getByRole("button", { name: "Delete" }).click();
  await app.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(app.getByText("2 devices deleted")).toBeVisible();
  await expect(app.getByText("1–7 of 7 devices")).toBeVisible();
});

test("a device is added, labelled and given attributes and a relation", async ({ app, rest }) => {
  await rest.post("/api/asset", { name: "Engine hall", type: "default" });
  await rest.post("/api/device", { name: "Another boiler", type: "boilers" });
  await app.goto("/devices");
  await app.getByRole("button", { name: "Add device", exact: true }).click();
  await app.getByLabel("Name", { exact: true }).fill("By hand");
  await app.getByRole("dialog").getByRole("button", { name: "Add" }).click();
  await expect(app.getByRole("heading", { name: "By hand" })).toBeVisible();
  await expect(app.getByText("No telemetry yet")).toBeVisible();

  await app.getByRole("tab", { name: "Details" }).click();
  await app.getByLabel("Name", { exact: true }).fill("Boiler");
  await app.getByRole("button", { name: /Device profile/ }).click();
  await app.getByRole("option", { name: "boilers" }).click();
  await app.getByLabel("Label").fill("Cellar");
  await app.getByRole("button", { name: "Apply changes" }).click();
  await expect(app.getByText("Changes saved")).toBeVisible();
  await expect(app.getByRole("heading", { name: "Boiler", level: 1 })).toBeVisible();
  await expect(app.getByText(/^boilers · /)).toBeVisible();
  await app.getByRole("button", { name: "Show" }).click();
  await expect(app.getByLabel("Access token")).not.toHaveValue("");

  await app.getByRole("tab", { name: "Attributes" }).click();
  await app.getByRole("button", { name: /Scope/ }).click();
  await app.getByRole("option", { name: /Server attributes/ }).click();
  await app.getByRole("button", { name: "Add attribute" }).click();
  const dialog = app.getByRole("dialog");
  await dialog.getByLabel("Key").fill("threshold");
  await dialog.getByRole("button", { name: /Kind/ }).click();
  await app.getByRole("option", { name: "Number" }).click();
  await dialog.getByLabel("Value").fill("warm");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByRole("alert")).toContainText("not a number");
  await dialog.getByLabel("Value").fill("21.5");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(app.getByRole("row", { name: /threshold/ })).toContainText("21.5");

  await app.getByRole("tab", { name: "Relations" }).click();
  await app.getByRole("button", { name: "Add relation" }).click();
  await dialog.getByRole("button", { name: /Kind/ }).click();
  await app.getByRole("option", { name: "Asset" }).click();
  await dialog.getByRole("combobox", { name: "Asset" }).fill("engine");
  await app.getByRole("option", { name: "Engine hall" }).click();
  await dialog.getByRole("button", { name: "Add" }).click();
  const relation = app.getByRole("table", { name: "Relations" }).getByRole("row", { name: /Engine hall/ });
  await expect(relation).toContainText("Contains");
  await relation.getByRole("link", { name: "Engine hall" }).click();
  await expect(app.getByRole("heading", { name: "Engine hall" })).toBeVisible();
});

test("values go on after the connection was lost", async ({ app, rest, broker, context }) => {
  const integration = await connected(rest, broker.port, "Pump hall");
  await expect
    .poll(
      async () =>
        (await rest.get<{ state: string }>(`/api/millrace/integration/${integration.id.id}/status`)).state,
    )
    .toBe("ACTIVE");
  await broker.publish("site/pump/values", '{"pressure":1.5}');
  await app.goto("/devices?q=pump");
  await app.getByRole("row", { name: "pump", exact: true }).click();
  const row = app.getByRole("table", { name: "Latest telemetry" }).getByRole("row", { name: /pressure/ });
  await expect(row).toContainText("1.5");
  await expect(app.getByRole("img", { name: /pressure: \d+ values/ })).toBeVisible();

  await context.setOffline(true);
  await app.evaluate(() => window.dispatchEvent(new Event("offline")));
  await broker.publish("site/pump/values", '{"pressure":2.5}');
  await context.setOffline(false);
  await expect(row).toContainText("2.5");
});

test("a command is stored, followed and withdrawn", async ({ app, rest }) => {
  const device = await rest.post("/api/device", { name: "Asleep", type: "default" });
  await deafen(rest, device.id, "sleeper");
  await app.goto(`/devices/${device.id.id}?tab=commands`);
  await expect(app.getByText("No command yet")).toBeVisible();
  await app.getByLabel("Parameters").fill('{"level": ');
  await expect(app.getByText("not JSON: put texts in double quotes")).toBeVisible();
  await expect(app.getByRole("button", { name: "Send", exact: true })).toBeDisabled();
  await app.getByLabel("Parameters").fill('{"level": 3}');
  await app.getByLabel("Method").fill("setLevel");
  await app.getByText("Store it").click();
  await app.getByText("Wait for the device's answer").click();
  await expect(app.getByLabel("Tries again without an answer")).toHaveValue("3");
  await app.getByRole("button", { name: "Send", exact: true }).click();
  await expect(app.getByText("Stored: follow it below.")).toBeVisible();
  const stored = app.getByRole("table", { name: "Stored commands" }).getByRole("row", { name: /setLevel/ });
  const status = async () => {
    const page = await rest.get<{ data: { status: string }[] }>(
      `/api/rpc/persistent/device/${device.id.id}?pageSize=5&page=0`,
    );
    return page.data.map((one) => one.status);
  };
  // Nobody takes it: its chain leads nowhere, and the device has no session here.
  await expect.poll(status).toEqual(["QUEUED"]);
  await expect(stored).toContainText("Queued");
  await stored.getByRole("button", { name: "Delete the stored command setLevel" }).click();
  await expect(app.getByRole("region", { name: "Stored commands" })).toBeHidden();
  expect(await status()).toEqual([]);
});

test("an alarm is acknowledged and cleared", async ({ app, rest }) => {
  const device = await rest.post("/api/device", { name: "Furnace", type: "default" });
  await rest.post("/api/alarm", { type: "Overheated", originator: device.id, severity: "CRITICAL" });
  await app.goto("/alarms");
  const row = app.getByRole("grid", { name: "Alarms" }).getByRole("row", { name: /Overheated/ });
  await expect(row).toContainText("Critical");
  await expect(row).toContainText("Active, unacknowledged");
  await row.getByRole("button", { name: "Acknowledge Overheated" }).click();
  await expect(row).toContainText("Active, acknowledged");
  await row.getByRole("button", { name: "Clear Overheated" }).click();
  await expect(row).toContainText("Cleared, acknowledged");
  await row.getByRole("link", { name: "Furnace" }).click();
  await app.getByRole("tab", { name: "Alarms" }).click();
  await expect(app.getByRole("grid", { name: "Alarms" })).toContainText("Overheated");
});

test("alarms are exported, imported and acknowledged together", async ({ app, rest }) => {
  const kiln = await rest.post("/api/device", { name: "Kiln", type: "default" });
  for (const type of ["Lid open", "Fan stopped"])
    await rest.post("/api/alarm", { type, originator: kiln.id, severity: "MINOR", details: { by: type } });
  await app.goto("/alarms");
  const list = app.getByRole("grid", { name: "Alarms" });
  const choose = async () => {
    for (const name of [/Lid open/, /Fan stopped/])
      await list.getByRole("row", { name }).getByRole("checkbox").click({ force: true });
  };
  await choose();
  const download = app.waitForEvent("download");
  await app.getByRole("button", { name: "Export" }).click();
  const file = await (await download).path();
  await app.getByRole("button", { name: "Delete" }).click();
  await app.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(app.getByText("2 alarms deleted")).toBeVisible();
  await expect(list.getByRole("row", { name: /Kiln/ })).toHaveCount(0);
  await chooseFile(app, "Import", file);
  await expect(app.getByText("2 alarms imported")).toBeVisible();
  await choose();
  await app.getByRole("button", { name: "Acknowledge", exact: true }).click();
  await expect(app.getByText("2 alarms acknowledged")).toBeVisible();
  await expect(list.getByRole("row", { name: /Lid open/ })).toContainText("Active, acknowledged");
  const found = await rest.get<{ data: { type: string; details: unknown }[] }>(
    `/api/alarm/DEVICE/${kiln.id.id}?pageSize=5&page=0`,
  );
  expect(found.data.map((one) => one.details)).toEqual(
    expect.arrayContaining([{ by: "Lid open" }, { by: "Fan stopped" }]),
  );

  await rest.delete(`/api/device/${kiln.id.id}`);
  await chooseFile(app, "Import", file);
  await expect(app.getByRole("dialog", { name: "Not everything was imported" })).toContainText(
    "Lid open: There is no device Kiln here: add it first",
  );
});

test("assets and profiles are added, changed, exported, imported and deleted", async ({ app }) => {
  await app.goto("/assets");
  await app.getByRole("button", { name: "Add asset" }).first().click();
  await app.getByLabel("Name", { exact: true }).fill("Boiler room");
  await app.getByRole("dialog").getByRole("button", { name: "Add" }).click();
  await app.getByLabel("Label").fill("Cellar");
  await app.getByRole("button", { name: "Apply changes" }).click();
  await expect(app.getByText("Changes saved")).toBeVisible();
  await app.goto("/assets");
  await app.getByRole("row", { name: "Boiler room" }).getByRole("checkbox").click({ force: true });
  const download = app.waitForEvent("download");
  await app.getByRole("button", { name: "Export" }).click();
  const file = await (await download).path();
  await app.getByRole("button", { name: "Delete" }).click();
  await app.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(app.getByText("1 asset deleted")).toBeVisible();
  await chooseFile(app, "Import", file);
  await expect(app.getByRole("heading", { name: "Boiler room" })).toBeVisible();
  await expect(app.getByLabel("Label")).toHaveValue("Cellar");

  for (const [list, noun] of [
    ["/profiles", "device"],
    ["/asset-profiles", "asset"],
  ] as const) {
    await app.goto(list);
    await app.getByRole("button", { name: "Add profile" }).click();
    await app.getByLabel("Name", { exact: true }).fill(`Pumps of ${noun}s`);
    await app.getByRole("dialog").getByRole("button", { name: "Add" }).click();
    await app.getByLabel("Description").fill("They pump.");
    await app.getByRole("button", { name: "Apply changes" }).click();
    await expect(app.getByText("Changes saved").first()).toBeVisible();
    await app.goto(list);
    await expect(app.getByRole("row", { name: `Pumps of ${noun}s` })).toContainText("They pump.");
  }
});
