/** Editing with the keyboard and the mouse: keys in another order, widgets carried from state to state. */
import type { Locator, Page } from "@playwright/test";
import { ofMachine, series, withDashboard } from "./dashboardsScene";
import { expect, test } from "./scene";

async function choose(scope: Locator, app: Page, label: RegExp | string, option: string): Promise<void> {
  await scope.getByRole("button", { name: label }).click();
  await app.getByRole("option", { name: option, exact: true }).click();
}

const DOT =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

test("the keys of a widget change places with buttons and with the mouse", async ({ app, rest }) => {
  const device = (await rest.post("/api/device", { name: "Ordered", type: "ordered" })).id;
  const id = await withDashboard(rest, "Order", device, [
    {
      fqn: "cards.attributes_card",
      type: "latest",
      title: "Values",
      at: [0, 0, 8, 5],
      config: ofMachine(series("one", { _hash: 1 }), series("two"), series("three")),
    },
  ]);
  await app.goto(`/dashboards/${id}`);
  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await app.getByRole("application", { name: /^Values/ }).focus();
  await app.keyboard.press("Enter");
  const form = app.getByRole("dialog", { name: "Edit Values" });
  await expect(form.getByRole("button", { name: "Move one up" })).toBeDisabled();
  await expect(form.getByRole("button", { name: "Move three down" })).toBeDisabled();
  await form.getByRole("button", { name: "Move one down" }).focus();
  await app.keyboard.press("Enter");
  const names = form.locator(".key-row legend code");
  await expect(names).toHaveText(["two", "one", "three"]);
  await form.getByTitle("Drag three").dragTo(form.getByRole("group", { name: /two/ }));
  await expect(names).toHaveText(["three", "two", "one"]);
  await form.getByRole("button", { name: "Apply" }).click();
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();
  const stored = await rest.get<{
    configuration: { widgets: { w0: { config: { datasources: { dataKeys: object[] }[] } } } };
  }>(`/api/dashboard/${id}`);
  expect(stored.configuration.widgets.w0.config.datasources[0]?.dataKeys).toEqual([
    series("three"),
    series("two"),
    series("one", { _hash: 1 }),
  ]);
});

test("values stand on a picture, at places that are set in a form", async ({ app, rest }) => {
  const device = (await rest.post("/api/device", { name: "Drawn", type: "drawn" })).id;
  await rest.post(`/api/plugins/telemetry/DEVICE/${device.id}/timeseries/ANY`, { level: 7.25 });
  const id = await withDashboard(rest, "Picture", device, []);
  await app.goto(`/dashboards/${id}`);
  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await app.getByRole("button", { name: "Add widget" }).first().click();
  await app
    .getByRole("dialog", { name: "Add widget" })
    .getByRole("button", { name: /^Picture with values/ })
    .click();
  const form = app.getByRole("dialog", { name: "Add widget: Picture with values" });
  await choose(form, app, /Entity alias$/, "Machine");
  await form.getByRole("combobox", { name: "Add a key" }).fill("level");
  await app.getByRole("option", { name: /level/ }).click();
  const picture = form.getByRole("textbox", { name: "Picture" });
  await picture.fill("https://example.org/plan.png");
  await expect(form.getByText("Pictures of other servers are not loaded")).toBeVisible();
  const chooser = app.waitForEvent("filechooser");
  await form.getByRole("button", { name: "Choose a file for picture" }).click();
  await (
    await chooser
  ).setFiles({ name: "p.png", mimeType: "image/png", buffer: Buffer.from(DOT, "base64") });
  await expect(form.locator(".picture-preview")).toBeVisible();
  const label = form.getByRole("group", { name: "Label 1" });
  await label.getByLabel("Text").fill("Level ${level:1} m");
  await label.getByLabel("Left (%)").fill("30");
  await label.getByLabel("Top (%)").fill("60");
  await label.getByLabel("Top (%)").press("Tab");
  await form.getByRole("button", { name: "Add a label" }).click();
  await form.getByRole("button", { name: "Remove label 2" }).click();
  await form.getByRole("button", { name: "Add", exact: true }).click();
  const text = app.getByRole("region", { name: "Picture with values" }).getByText("Level 7.3 m");
  await expect(text).toBeVisible();
  // At its place of the picture, however the widget is cut.
  const drawn = await app.getByRole("region", { name: "Picture with values" }).locator("img").boundingBox();
  const at = await text.boundingBox();
  if (!drawn || !at) throw new Error("the picture is not there");
  expect(drawn.width).toBeCloseTo(drawn.height, 0);
  expect(at.x - drawn.x).toBeCloseTo(0.3 * drawn.width, 0);
  expect(at.y - drawn.y).toBeCloseTo(0.6 * drawn.height, 0);
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();
  const stored = await rest.get<{ configuration: { widgets: Record<string, object> } }>(
    `/api/dashboard/${id}`,
  );
  expect(Object.values(stored.configuration.widgets)).toMatchObject([
    {
      typeFullFqn: "system.cards.label_widget",
      config: {
        settings: {
          backgroundImageUrl: `data:image/png;base64,${DOT}`,
          labels: [{ pattern: "Level ${level:1} m", x: 30, y: 60 }],
        },
      },
    },
  ]);
});

test("widgets are carried from one state to another by keyboard", async ({ app, rest }) => {
  const device = (await rest.post("/api/device", { name: "Carried", type: "carried" })).id;
  const card = (title: string, x: number, height = 4) => ({
    fqn: "cards.value_card",
    type: "latest",
    title,
    at: [x, 0, 5, height] as [number, number, number, number],
    config: ofMachine(series("a")),
  });
  const id = await withDashboard(rest, "Carry", device, [card("Copied", 0), card("Moved", 6, 40)]);
  await app.goto(`/dashboards/${id}`);
  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await app.getByRole("button", { name: "Dashboard", exact: true }).click();
  await app.getByRole("menuitem", { name: "States" }).click();
  const states = app.getByRole("dialog", { name: "States" });
  await states.getByLabel("New state").fill("Second");
  await states.getByRole("button", { name: "Add state" }).click();
  await states.getByRole("button", { name: "Done" }).click();
  const bar = app.getByRole("navigation", { name: "States of the dashboard" });

  await expect(app.getByRole("button", { name: "Paste widget" })).toHaveCount(0);
  await app.getByRole("application", { name: /^Copied/ }).focus();
  await app.keyboard.press("Control+c");
  await choose(bar, app, /State$/, "Second");
  await expect(app.getByText("No widget in this state yet")).toBeVisible();
  await app.keyboard.press("Control+v");
  await expect(app.getByRole("region", { name: "Copied" })).toBeVisible();
  await choose(bar, app, /State$/, "Overview");
  await expect(app.getByRole("region", { name: "Copied" })).toBeVisible();
  await app.getByRole("application", { name: /^Moved/ }).focus();
  await app.keyboard.press("Control+x");
  await expect(app.getByRole("region", { name: "Moved" })).toHaveCount(0);
  await choose(bar, app, /State$/, "Second");
  await app.getByRole("button", { name: "Paste widget" }).click();
  await expect(app.getByRole("region", { name: "Moved" })).toBeVisible();
  // What comes under a tall one is brought into view; taken back it is gone.
  await app.getByRole("button", { name: "Paste widget" }).click();
  await expect(app.getByRole("region", { name: "Moved" }).nth(1)).toBeInViewport();
  await app.keyboard.press("Control+z");
  await expect(app.getByRole("region", { name: "Moved" })).toHaveCount(1);
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();
  const stored = await rest.get<{
    configuration: {
      widgets: Record<string, { config: { title: string } }>;
      states: Record<string, { layouts: { main: { widgets: Record<string, object> } } }>;
    };
  }>(`/api/dashboard/${id}`);
  const { widgets, states: kept } = stored.configuration;
  const titles = (state: string) =>
    Object.keys(kept[state]?.layouts.main.widgets ?? {}).map((one) => widgets[one]?.config.title);
  expect(titles("default")).toEqual(["Copied"]);
  expect(titles("second").sort()).toEqual(["Copied", "Moved"]);
  expect(Object.keys(widgets)).toHaveLength(3);

  // Links as other products write them lead to the same state.
  const packed = Buffer.from(
    JSON.stringify([
      { id: "default", params: {} },
      { id: "second", params: {} },
    ]),
  );
  await app.goto(`/dashboards/${id}?state=${encodeURIComponent(packed.toString("base64"))}`);
  await expect(app.getByRole("region", { name: "Moved" })).toBeVisible();
  await bar.getByRole("button", { name: "Overview" }).first().click();
  await expect(app.getByRole("region", { name: "Moved" })).toHaveCount(0);
});
