/** Making, editing, keeping and moving about in dashboards. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import {
  Machine,
  deviceOf,
  from,
  ofMachine,
  series,
  toMachine,
  withDashboard,
  withWayDown,
} from "./dashboardsScene";
import { expect, test } from "./scene";

async function choose(scope: Locator, app: Page, label: RegExp | string, option: string): Promise<void> {
  await scope.getByRole("button", { name: label }).click();
  await app.getByRole("option", { name: option, exact: true }).click();
}

test("a knob on a new dashboard sends commands and tells what became of them", async ({
  app,
  rest,
  broker,
}) => {
  await withWayDown(rest, broker.port);
  const machine = await Machine.start(broker, "Valve");
  await machine.tell({ opening: 20 });
  await deviceOf(rest, "Valve");
  await app.goto("/dashboards");
  await app.getByRole("button", { name: "Create dashboard" }).first().click();
  await app.getByLabel("Title").fill("Valves");
  await app.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await expect(app.getByText("No widget yet")).toBeVisible();
  await app.getByRole("button", { name: "Edit", exact: true }).click();

  await app.getByRole("button", { name: "Dashboard", exact: true }).click();
  await app.getByRole("menuitem", { name: "Entity aliases" }).click();
  await app.getByRole("button", { name: "Add alias" }).click();
  const alias = app.getByRole("dialog", { name: "New alias" });
  await alias.getByLabel("Alias name").fill("The valve");
  await alias.getByRole("combobox", { name: "Entity" }).fill("Val");
  await app.getByRole("option", { name: "Valve" }).click();
  await expect(alias.getByText("1 entity")).toBeVisible();
  await alias.getByRole("button", { name: "Add alias" }).click();
  await app.getByRole("dialog", { name: "Entity aliases" }).getByRole("button", { name: "Done" }).click();

  await app.getByRole("button", { name: "Add widget" }).first().click();
  await app.getByRole("dialog", { name: "Add widget" }).getByRole("button", { name: /^Knob/ }).click();
  const dialog = app.getByRole("dialog", { name: "Add widget: Knob" });
  await dialog.getByRole("textbox", { name: "Title" }).fill("Opening");
  await dialog.getByLabel("Most value").fill("45");
  await dialog.getByLabel("Decimals of all").fill("0");
  await dialog.getByLabel("Time series key").fill("opening");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();

  const knob = app.getByRole("slider", { name: "Opening" });
  await expect(knob).toHaveAttribute("aria-valuenow", "20");
  await knob.focus();
  await app.keyboard.press("PageUp");
  await app.keyboard.press("ArrowUp");
  await expect.poll(() => machine.told("setValue")).toEqual([26]);
  await expect(app.getByText(/^Delivered/)).toBeVisible();
  machine.stop();
});

test("what no device takes is told on the knob itself", async ({ app, rest }) => {
  // Whatever other scenarios do to the root chain: this device's chain leads nowhere.
  const chain = await rest.post("/api/ruleChain", { name: "Nowhere" });
  const profile = await rest.post("/api/deviceProfile", {
    name: "deaf",
    type: "DEFAULT",
    transportType: "DEFAULT",
    defaultRuleChainId: chain.id,
    profileData: { configuration: { type: "DEFAULT" }, transportConfiguration: { type: "DEFAULT" } },
  });
  const device = await rest.post("/api/device", { name: "Deaf", deviceProfileId: profile.id });
  const saved = await rest.post("/api/dashboard", {
    title: "Old form",
    configuration: {
      widgets: {
        k: {
          isSystemType: true,
          bundleAlias: "control_widgets",
          typeAlias: "knob_control",
          type: "rpc",
          config: {
            title: "Old knob",
            targetDeviceAliasIds: ["a"],
            decimals: 0,
            settings: { minValue: 0, maxValue: 10 },
          },
        },
        u: { typeFullFqn: "system.maps.unheard_of", type: "latest", config: { title: "Map" } },
      },
      states: {
        default: {
          root: true,
          layouts: {
            main: {
              widgets: {
                k: { sizeX: 7, sizeY: 6, row: 0, col: 0 },
                u: { sizeX: 7, sizeY: 6, row: 0, col: 7 },
              },
            },
          },
        },
      },
      entityAliases: { a: { alias: "Deaf", filter: { type: "singleEntity", singleEntity: device.id } } },
    },
  });
  await app.goto(`/dashboards/${saved.id.id}`);
  await expect(app.getByText("system.maps.unheard_of")).toBeVisible();
  const told = app.getByRole("region", { name: "Old knob" }).getByRole("status");
  await expect(told).toContainText("Not read", { timeout: 20_000 });
  const knob = app.getByRole("slider", { name: "Old knob" });
  await knob.focus();
  await app.keyboard.press("End");
  await expect(told).toContainText("Failed", { timeout: 20_000 });
});

test("every kind of alias is edited, with what it means now", async ({ app, rest }) => {
  for (const name of ["Alias 1", "Alias 2", "Alias 3"])
    await rest.post("/api/device", { name, type: "aliased" });
  const first = await deviceOf(rest, "Alias 1");
  const id = await withDashboard(rest, "Aliases", first, [
    {
      fqn: "cards.value_card",
      type: "latest",
      title: "Card",
      at: [0, 0, 4, 3],
      config: ofMachine(series("a")),
    },
  ]);
  await app.goto(`/dashboards/${id}`);
  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await app.getByRole("button", { name: "Dashboard", exact: true }).click();
  await app.getByRole("menuitem", { name: "Entity aliases" }).click();
  const list = app.getByRole("dialog", { name: "Entity aliases" });
  await expect(list.getByRole("button", { name: "Delete alias Machine: widgets use it" })).toBeDisabled();

  const add = async (
    name: string,
    kind: string,
    fill: (form: Locator) => Promise<void>,
    means: string | RegExp,
  ) => {
    await list.getByRole("button", { name: "Add alias" }).click();
    const form = app.getByRole("dialog", { name: "New alias" });
    await form.getByLabel("Alias name").fill(name);
    await choose(form, app, /Filter$/, kind);
    await fill(form);
    await expect(form.getByText(means).first()).toBeVisible();
    await form.getByRole("button", { name: "Add alias" }).click();
    await expect(list.getByText(name, { exact: true })).toBeVisible();
  };
  await add(
    "List",
    "Entity list",
    async (form) => {
      for (const name of ["Alias 1", "Alias 3"]) {
        await form.getByRole("combobox", { name: "Add an entity" }).fill(name);
        await app.getByRole("option", { name }).click();
      }
      await expect(form.getByRole("list", { name: "Chosen entities" }).getByRole("listitem")).toHaveCount(2);
    },
    "2 entities",
  );
  await add(
    "Named",
    "Entity name",
    async (form) => form.getByLabel("Name begins with").fill("alias"),
    "3 entities",
  );
  await add("All", "Entity type", async () => undefined, /entities$/);
  await add(
    "Typed",
    "Device type",
    async (form) => form.getByLabel("Device types").fill("aliased"),
    "Alias 1, Alias 2, Alias 3",
  );
  await add("Here", "Entity of the dashboard's state", async () => undefined, /Known when a state is opened/);

  await list.getByRole("button", { name: "Edit alias Typed" }).click();
  const form = app.getByRole("dialog", { name: "Edit alias Typed" });
  await form.getByText("Resolve as multiple entities").click();
  await expect(form.getByText(/the first: Alias 1$/)).toBeVisible();
  await form.getByRole("button", { name: "Apply" }).click();
  await list.getByRole("button", { name: "Delete alias All" }).click();
  await list.getByRole("button", { name: "Done" }).click();
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();
  const stored = await rest.get<{
    configuration: { entityAliases: Record<string, { alias: string; filter: object }> };
  }>(`/api/dashboard/${id}`);
  const byName = new Map(
    Object.values(stored.configuration.entityAliases).map((one) => [one.alias, one.filter]),
  );
  expect([...byName.keys()].sort()).toEqual(["Here", "List", "Machine", "Named", "Plant", "Typed"]);
  expect(byName.get("Typed")).toEqual({
    type: "deviceType",
    resolveMultiple: false,
    deviceTypes: ["aliased"],
    deviceNameFilter: "",
  });
});

test("a widget's settings are edited, and what the form does not know stays", async ({ app, rest }) => {
  const device = (await rest.post("/api/device", { name: "Formed", type: "formed" })).id;
  await rest.post(`/api/plugins/telemetry/DEVICE/${device.id}/timeseries/ANY`, { pressure: 4.25, flow: 7 });
  const id = await withDashboard(rest, "Forms", device, [
    {
      fqn: "cards.value_card",
      type: "latest",
      title: "Card",
      at: [0, 0, 4, 4],
      config: { ...ofMachine(series("pressure", { _hash: 0.5 })), dropShadow: true },
      settings: { labelFont: { size: 12 } },
    },
  ]);
  await app.goto(`/dashboards/${id}`);
  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await app.getByRole("application", { name: /^Card/ }).focus();
  await app.keyboard.press("Enter");
  const form = app.getByRole("dialog", { name: "Edit Card" });
  await form.getByRole("textbox", { name: "Title" }).fill("Pressure");
  const key = form.getByRole("group", { name: /pressure/ });
  await key.getByLabel("Label").fill("Inlet");
  await key.getByLabel("Unit").fill("bar");
  await key.getByLabel("Decimals").fill("1");
  await form.getByRole("combobox", { name: "Add a key" }).fill("fl");
  await app.getByRole("option", { name: /flow/ }).click();
  await expect(form.getByRole("group", { name: /flow/ })).toBeVisible();
  await form.getByRole("button", { name: "Remove flow" }).click();
  await form.getByRole("button", { name: "Apply" }).click();
  const card = app.getByRole("region", { name: "Pressure" });
  await expect(card).toContainText("Inlet");
  await expect(card).toContainText(/4\.[23] bar/);
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();
  const stored = await rest.get<{ configuration: { widgets: { w0: { config: object } } } }>(
    `/api/dashboard/${id}`,
  );
  expect(stored.configuration.widgets.w0.config).toMatchObject({
    title: "Pressure",
    dropShadow: true,
    settings: { labelFont: { size: 12 } },
    datasources: [
      { dataKeys: [{ name: "pressure", label: "Inlet", units: "bar", decimals: 1, _hash: 0.5 }] },
    ],
  });
});

test("widgets are moved, sized, copied and removed; steps are taken back; nothing is lost by leaving", async ({
  app,
  rest,
}) => {
  const device = (await rest.post("/api/device", { name: "Moved", type: "moved" })).id;
  const id = await withDashboard(rest, "Moves", device, [
    {
      fqn: "cards.value_card",
      type: "latest",
      title: "Card",
      at: [0, 0, 4, 4],
      config: ofMachine(series("a")),
    },
  ]);
  await app.goto(`/dashboards/${id}`);
  await app.getByRole("button", { name: "Edit", exact: true }).click();
  const card = app.getByRole("region", { name: "Card" });
  const before = await card.boundingBox();
  await app.getByRole("application", { name: /^Card/ }).focus();
  await app.keyboard.press("ArrowRight");
  await app.keyboard.press("ArrowDown");
  await app.keyboard.press("Shift+ArrowRight");
  const after = await card.boundingBox();
  expect(after?.x).toBeGreaterThan((before?.x ?? 0) + 20);
  expect(after?.width).toBeGreaterThan((before?.width ?? 0) + 20);
  await app.getByRole("button", { name: "Undo" }).click();
  expect((await card.boundingBox())?.x).toBeCloseTo(before?.x ?? 0, 0);
  await app.getByRole("button", { name: "Redo" }).click();
  expect((await card.boundingBox())?.x).toBeCloseTo(after?.x ?? 0, 0);

  // With the mouse: moved by its middle, sized by its corner.
  const at = await card.boundingBox();
  if (!at) throw new Error("the card is not there");
  // A column with the margin that belongs to it.
  const unit = (at.width + 10) / 5;
  await app.mouse.move(at.x + at.width / 2, at.y + at.height / 2);
  await app.mouse.down();
  await app.mouse.move(at.x + at.width / 2 + 3 * unit, at.y + at.height / 2 + unit, { steps: 6 });
  await app.mouse.up();
  const moved = await card.boundingBox();
  expect((moved?.x ?? 0) - at.x).toBeCloseTo(3 * unit, 0);
  await app.mouse.move((moved?.x ?? 0) + at.width - 6, (moved?.y ?? 0) + at.height - 6);
  await app.mouse.down();
  await app.mouse.move((moved?.x ?? 0) + at.width - 6, (moved?.y ?? 0) + at.height - 6 + 2 * unit, {
    steps: 4,
  });
  await app.mouse.up();
  expect(((await card.boundingBox())?.height ?? 0) - at.height).toBeCloseTo(2 * unit, -1);
  // Each of the two was one step.
  await app.getByRole("button", { name: "Undo" }).click();
  expect(await card.boundingBox()).toEqual(moved);
  await app.getByRole("button", { name: "Undo" }).click();
  expect((await card.boundingBox())?.x).toBeCloseTo(after?.x ?? 0, 0);

  await card.hover();
  await app.getByRole("button", { name: "Copy Card" }).click();
  await expect(app.getByRole("region", { name: "Card" })).toHaveCount(2);
  await app.getByRole("button", { name: "Remove Card" }).first().click();
  await expect(app.getByRole("region", { name: "Card" })).toHaveCount(1);
  await app.keyboard.press("Control+z");
  await expect(app.getByRole("region", { name: "Card" })).toHaveCount(2);

  await app.getByRole("link", { name: "Devices", exact: true }).click();
  const guard = app.getByRole("alertdialog", { name: "Leave without saving?" });
  await guard.getByRole("button", { name: "Stay" }).click();
  await expect(app.getByRole("button", { name: "Save" })).toBeVisible();
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();
  await app.reload();
  await expect(app.getByRole("region", { name: "Card" })).toHaveCount(2);
  const stored = await rest.get<{
    configuration: { states: { default: { layouts: { main: { widgets: { w0: object } } } } } };
  }>(`/api/dashboard/${id}`);
  expect(stored.configuration.states.default.layouts.main.widgets.w0).toEqual({
    col: 1,
    row: 1,
    sizeX: 5,
    sizeY: 4,
  });

  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await app.getByRole("button", { name: "Remove Card" }).first().click();
  await app.getByRole("button", { name: "Cancel" }).click();
  await app.getByRole("alertdialog").getByRole("button", { name: "Discard" }).click();
  await expect(app.getByRole("region", { name: "Card" })).toHaveCount(2);
});

test("a row opens a state about its entity, which the address keeps", async ({ app, rest }) => {
  for (const [name, value] of [
    ["Room 1", 11],
    ["Room 2", 22],
  ] as const) {
    const device = await rest.post("/api/device", { name, type: "room" });
    await rest.post(`/api/plugins/telemetry/DEVICE/${device.id.id}/timeseries/ANY`, { temperature: value });
  }
  const device = await deviceOf(rest, "Room 1");
  const rooms = { filter: { type: "deviceType", deviceTypes: ["room"], resolveMultiple: true } };
  const id = await withDashboard(
    rest,
    "Rooms",
    device,
    [
      {
        fqn: "cards.entities_table",
        type: "latest",
        title: "Rooms",
        at: [0, 0, 12, 6],
        config: {
          datasources: [{ type: "entity", entityAliasId: "rooms", dataKeys: [series("temperature")] }],
        },
      },
    ],
    {
      entityAliases: {
        rooms: { id: "rooms", alias: "Rooms", ...rooms },
        room: { id: "room", alias: "Room", filter: { type: "stateEntity", resolveMultiple: false } },
      },
    },
  );
  await app.goto(`/dashboards/${id}`);
  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await app.getByRole("button", { name: "Dashboard", exact: true }).click();
  await app.getByRole("menuitem", { name: "States" }).click();
  const states = app.getByRole("dialog", { name: "States" });
  await states.getByLabel("New state").fill("Inside ${entityName}");
  await states.getByRole("button", { name: "Add state" }).click();
  await states.getByRole("button", { name: "Done" }).click();
  await app.getByRole("region", { name: "Rooms" }).hover();
  await app.getByRole("button", { name: "Edit Rooms" }).click();
  const form = app.getByRole("dialog", { name: "Edit Rooms" });
  await choose(form, app, /A row opens/, "Inside ${entityName} (inside_entityname)");
  await form.getByRole("button", { name: "Apply" }).click();
  await choose(app.getByRole("navigation", { name: "States of the dashboard" }), app, /State/, "Inside …");
  await app.getByRole("button", { name: "Add widget" }).first().click();
  await app
    .getByRole("dialog", { name: "Add widget" })
    .getByRole("button", { name: /^Value card/ })
    .click();
  const add = app.getByRole("dialog", { name: "Add widget: Value card" });
  await choose(add, app, /Entity alias/, "Room");
  await add.getByRole("combobox", { name: "Add a key" }).fill("temperature");
  await add.getByRole("button", { name: "Add key" }).click();
  await add.getByRole("button", { name: "Add", exact: true }).click();
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();

  await app.goto(`/dashboards/${id}`);
  await app.getByRole("table", { name: "Rooms" }).getByRole("button", { name: "Room 2" }).click();
  await expect(app).toHaveURL(/state=default.+inside_entityname.+DEVICE/);
  const way = app.getByRole("navigation", { name: "States of the dashboard" });
  await expect(way).toContainText("Inside Room 2");
  await expect(app.getByRole("region", { name: "Value card" })).toContainText("22");
  await app.reload();
  await expect(app.getByRole("region", { name: "Value card" })).toContainText("22");
  await way.getByRole("button", { name: "Overview" }).first().click();
  await expect(app.getByRole("table", { name: "Rooms" })).toBeVisible();
  await app.goBack();
  await expect(app.getByRole("region", { name: "Value card" })).toContainText("22");
});

test("the time window moves with the clock or stands still, and is saved by editing", async ({
  app,
  rest,
}) => {
  const device = (await rest.post("/api/device", { name: "Timed", type: "timed" })).id;
  const id = await withDashboard(rest, "Windows", device, [
    {
      fqn: "time_series_chart",
      type: "timeseries",
      title: "Chart",
      at: [0, 0, 9, 5],
      config: ofMachine(series("a")),
    },
  ]);
  await app.goto(`/dashboards/${id}`);
  await app.getByRole("button", { name: "Time window: Last 5 minutes" }).click();
  const dialog = app.getByRole("dialog", { name: "Time window" });
  await dialog.getByText("Moves with the clock").click();
  await choose(dialog, app, /Span/, "Yesterday");
  await dialog.getByRole("button", { name: "Show" }).click();
  await expect(app.getByRole("button", { name: "Time window: Yesterday" })).toBeVisible();
  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await app.getByRole("button", { name: "Time window: Last 5 minutes" }).click();
  await choose(dialog, app, /Span/, "Last 7 days");
  await choose(dialog, app, /Values of a group/, "Maximum");
  await dialog.getByRole("button", { name: "Show" }).click();
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();
  const stored = await rest.get<{ configuration: { timewindow: object } }>(`/api/dashboard/${id}`);
  expect(stored.configuration.timewindow).toMatchObject({
    selectedTab: 0,
    realtime: { timewindowMs: 7 * 24 * 3_600_000 },
    aggregation: { type: "MAX" },
  });
});

const LIBRARY = new URL("../../../shared/data/dashboards/", import.meta.url);

test("published dashboards of all ages are imported, open in every state, and leave as they came", async ({
  app,
  rest,
}) => {
  test.skip(!existsSync(LIBRARY), "the folder of published dashboards is not here");
  test.setTimeout(180_000);
  const device = (await rest.post("/api/device", { name: "Thermostat-A", type: "thermostat" })).id;
  await rest.post(`/api/plugins/telemetry/DEVICE/${device.id}/timeseries/ANY`, { temperature: 25 });
  for (const name of readdirSync(LIBRARY)) {
    await test.step(name, async () => {
      const path = new URL(name, LIBRARY).pathname;
      const file = JSON.parse(readFileSync(path, "utf8")) as {
        title: string;
        configuration: { widgets: object; states?: Record<string, object> };
      };
      await app.goto("/dashboards");
      const chooser = app.waitForEvent("filechooser");
      await app.getByRole("button", { name: "Import" }).first().click();
      await (await chooser).setFiles(path);
      await expect(app.getByRole("heading", { level: 1, name: file.title })).toBeVisible();
      for (const state of Object.keys(file.configuration.states ?? { default: {} })) {
        await app.goto(`${new URL(app.url()).pathname}?state=${state}`);
        await expect(app.getByRole("button", { name: "Edit", exact: true })).toBeVisible();
        await expect(app.locator(".widget").first()).toBeVisible();
        await expect(app.getByText(/^Loading /)).toHaveCount(0);
        await expect(app.locator(".dashboard").getByRole("alert")).toHaveCount(0);
      }
      const download = app.waitForEvent("download");
      await app.getByRole("button", { name: "Dashboard actions" }).click();
      await app.getByRole("menuitem", { name: "Export" }).click();
      const exported = JSON.parse(await readFile(await (await download).path(), "utf8")) as typeof file;
      expect(JSON.stringify(exported.configuration)).toBe(JSON.stringify(file.configuration));
    });
  }
});

test("a dashboard fills the screen, with its lists still in reach", async ({ app, rest }) => {
  for (const name of ["Full 1", "Full 2"]) {
    const device = await rest.post("/api/device", { name, type: "full" });
    await rest.post(`/api/plugins/telemetry/DEVICE/${device.id.id}/timeseries/ANY`, { level: 7 });
  }
  const rows = { type: "deviceType", deviceTypes: ["full"], resolveMultiple: true };
  const id = await withDashboard(
    rest,
    "Full",
    await deviceOf(rest, "Full 1"),
    [
      {
        fqn: "cards.timeseries_table",
        type: "timeseries",
        title: "Levels",
        at: [0, 0, 24, 8],
        config: {
          useDashboardTimewindow: false,
          timewindow: { realtime: { timewindowMs: 3_600_000 } },
          datasources: [{ type: "entity", entityAliasId: "rows", dataKeys: [series("level")] }],
        },
      },
    ],
    { entityAliases: { rows: { id: "rows", alias: "Rows", filter: rows } } },
  );
  await app.goto(`/dashboards/${id}`);
  await app.getByRole("button", { name: "Dashboard actions" }).click();
  await app.getByRole("menuitem", { name: "Full screen" }).click();
  await expect(app.locator(".dashboard-full")).toBeVisible();
  await choose(app.getByRole("region", { name: "Levels" }), app, /Entity/, "Full 2");
  await expect(app.getByRole("table", { name: "Levels" })).toContainText("7");
  await app.evaluate(() => document.exitFullscreen());
  await expect(app.locator(".dashboard-full")).toHaveCount(0);

  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await app.getByRole("region", { name: "Levels" }).hover();
  await app.getByRole("button", { name: "Edit Levels" }).click();
  const form = app.getByRole("dialog", { name: "Edit Levels" });
  await form.getByRole("button", { name: "Time window: Last hour" }).click();
  const window = app.getByRole("dialog", { name: "Time window" });
  await choose(window, app, /Span/, "Last day");
  await window.getByRole("button", { name: "Show" }).click();
  await expect(form.getByRole("button", { name: "Time window: Last day" })).toBeVisible();
  await form.getByText("The dashboard's time window").click();
  await expect(form.getByRole("button", { name: /^Time window/ })).toHaveCount(0);
});

test("a dashboard for a control shows nothing it does not know", async ({ app, rest }) => {
  const device = (await rest.post("/api/device", { name: "Blank", type: "blank" })).id;
  const id = await withDashboard(rest, "Blank", device, [
    {
      fqn: "single_switch",
      type: "rpc",
      title: "No device",
      at: [0, 0, 5, 4],
      config: { targetDevice: { type: "entity", entityAliasId: "missing" } },
    },
    {
      fqn: "slider",
      type: "rpc",
      title: "No value",
      at: [5, 0, 5, 4],
      config: toMachine,
      settings: { initialState: from("never") },
    },
    {
      fqn: "cards.value_card",
      type: "latest",
      title: "No data",
      at: [10, 0, 5, 4],
      config: { datasources: [] },
    },
  ]);
  await app.goto(`/dashboards/${id}`);
  await expect(app.getByRole("region", { name: "No device" })).toContainText("No data source yet");
  await expect(app.getByRole("region", { name: "No data" })).toContainText("No data source yet");
  await expect(app.getByRole("slider", { name: "No value" })).toHaveValue("0");
});
