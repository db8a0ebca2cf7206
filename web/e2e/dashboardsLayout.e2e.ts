/** What is stored of a dashboard's layouts and looks is what is shown. */
import type { Locator } from "@playwright/test";
import { ofMachine, series, withDashboard } from "./dashboardsScene";
import type { Rest } from "./rest";
import { expect, test } from "./scene";

type Json = Record<string, unknown>;

const DOT =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const card = (title: string, config: Json = {}) => ({
  typeFullFqn: "system.cards.markdown_card",
  type: "static",
  config: { title, settings: { markdownTextPattern: `Text of ${title}` }, datasources: [], ...config },
});

/** A dashboard of cards `a`, `b`, … in the layouts given. */
async function board(rest: Rest, title: string, layouts: Json, more: Json = {}, configs: Json = {}) {
  const widgets = Object.fromEntries(
    ["a", "b", "c"].map((id) => [id, card(`Card ${id.toUpperCase()}`, configs[id] as Json | undefined)]),
  );
  const saved = await rest.post("/api/dashboard", {
    title,
    configuration: {
      widgets,
      states: { default: { name: "Overview", root: true, layouts } },
      entityAliases: {},
      ...more,
    },
  });
  return saved.id.id;
}

const at = (col: number, row: number, sizeX: number, sizeY: number, more: Json = {}) => ({
  col,
  row,
  sizeX,
  sizeY,
  ...more,
});

async function boxOf(one: Locator) {
  await expect(one).toBeVisible();
  const box = await one.boundingBox();
  if (!box) throw new Error("it is not there");
  return box;
}

const style = (one: Locator, property: string) =>
  one.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);

test("columns, margins and the ground of a layout are as they were stored", async ({ app, rest }) => {
  const widgets = { a: at(0, 0, 4, 3), b: at(4, 0, 4, 3), c: at(0, 3, 12, 2) };
  const grid = { columns: 12, margin: 20, outerMargin: true, backgroundColor: "#123456" };
  const id = await board(rest, "Grounds", {
    main: { widgets, gridSettings: { ...grid, backgroundImageUrl: DOT, backgroundSizeMode: "cover" } },
  });
  await app.goto(`/dashboards/${id}`);
  const [a, b, c] = ["A", "B", "C"].map((name) => app.getByRole("region", { name: `Card ${name}` }));
  if (!a || !b || !c) throw new Error("no cards");
  const ground = app.locator(".ground");
  const [whole, first, second, third] = [await boxOf(ground), await boxOf(a), await boxOf(b), await boxOf(c)];
  expect(second.x - (first.x + first.width)).toBeCloseTo(20, 0);
  expect(third.y - (first.y + first.height)).toBeCloseTo(20, 0);
  expect(first.x - whole.x).toBeCloseTo(20, 0);
  expect(third.width).toBeCloseTo(whole.width - 40, 0);
  expect(whole.y + whole.height - (third.y + third.height)).toBeCloseTo(20, 0);
  expect(await style(ground, "background-color")).toBe("rgb(18, 52, 86)");
  expect(await style(ground, "background-image")).toContain("data:image/png");
  expect(await style(ground, "background-size")).toBe("cover");
  // Text stands on the widgets' own surface, whatever is behind them.
  for (const colorScheme of ["light", "dark"] as const) {
    await app.emulateMedia({ colorScheme });
    expect(await style(a, "background-color")).not.toBe("rgb(18, 52, 86)");
    expect(await style(a, "background-color")).not.toBe("rgba(0, 0, 0, 0)");
  }

  // The usual colour of the original product follows the theme; foreign pictures are told, not asked for.
  const other = await board(rest, "Usual", {
    main: {
      widgets,
      gridSettings: {
        columns: 12,
        margin: 0,
        outerMargin: false,
        backgroundColor: "#eeeeee",
        backgroundImageUrl: "https://example.org/p.png",
      },
    },
  });
  await app.goto(`/dashboards/${other}`);
  await expect(app.getByText("The background picture is not shown")).toBeVisible();
  expect(await style(ground, "background-color")).toBe("rgba(0, 0, 0, 0)");
  expect(await style(ground, "background-image")).toBe("none");
  const [left, next] = [await boxOf(a), await boxOf(b)];
  expect(next.x - (left.x + left.width)).toBeCloseTo(0, 0);
  const main = await boxOf(app.getByRole("main"));
  expect(left.x - main.x).toBeCloseTo(0, 0);
});

test("a layout may fill the window, and rows on phones are as tall as stored", async ({ app, rest }) => {
  const widgets = {
    a: at(0, 0, 24, 30, { mobileOrder: 2, mobileHeight: 2 }),
    b: at(0, 30, 12, 30, { mobileOrder: 1, mobileHeight: 3 }),
    c: at(12, 30, 12, 30, { mobileHide: true }),
  };
  const id = await board(rest, "Filled", {
    main: { widgets, gridSettings: { autoFillHeight: true, mobileRowHeight: 50 } },
  });
  await app.goto(`/dashboards/${id}`);
  const a = app.getByRole("region", { name: "Card A" });
  const b = app.getByRole("region", { name: "Card B" });
  const lowest = async () => {
    const box = await boxOf(b);
    return box.y + box.height;
  };
  await expect.poll(lowest).toBeLessThanOrEqual(800);
  expect(await lowest()).toBeGreaterThan(700);
  await app.setViewportSize({ width: 1280, height: 640 });
  await expect.poll(lowest).toBeLessThanOrEqual(640);
  const [first, second] = [await boxOf(a), await boxOf(b)];
  expect(first.height).toBeCloseTo(second.height, 0);

  await app.setViewportSize({ width: 390, height: 844 });
  await expect.poll(async () => (await boxOf(a)).height).toBeCloseTo(100, 0);
  expect((await boxOf(b)).height).toBeCloseTo(150, 0);
  expect((await boxOf(b)).y).toBeLessThan((await boxOf(a)).y);
  await expect(app.getByRole("region", { name: "Card C" })).toHaveCount(0);

  // The single column may fill the window too, and may hold on wide screens.
  const single = { a: at(0, 0, 24, 9), b: at(0, 9, 24, 9) };
  const filled = await board(rest, "Column", {
    main: {
      widgets: single,
      gridSettings: { viewFormat: "list", rowHeight: 40, mobileAutoFillHeight: true },
    },
  });
  await app.goto(`/dashboards/${filled}`);
  await expect.poll(lowest).toBeLessThanOrEqual(844);
  expect(await lowest()).toBeGreaterThan(780);
  const list = await board(rest, "List", {
    main: {
      widgets: { ...single, a: at(0, 0, 6, 9, { mobileHeight: 4 }) },
      gridSettings: { viewFormat: "list", rowHeight: 40 },
    },
  });
  await app.setViewportSize({ width: 1280, height: 800 });
  await app.goto(`/dashboards/${list}`);
  expect((await boxOf(a)).height).toBeCloseTo(160, 0);
  expect((await boxOf(a)).width).toBeCloseTo((await boxOf(b)).width, 0);
});

test("widths may have layouts of their own, which are edited by themselves", async ({ app, rest }) => {
  const gridSettings = { columns: 24, margin: 10 };
  const id = await board(rest, "Widths", {
    main: {
      widgets: { a: at(0, 0, 12, 4), b: at(12, 0, 12, 4), c: at(0, 4, 6, 2, { desktopHide: true }) },
      gridSettings,
      breakpoints: {
        md: {
          widgets: { a: at(0, 0, 24, 4), b: at(0, 4, 24, 4) },
          gridSettings: { columns: 24, margin: 30, unheard: 7 },
        },
      },
    },
  });
  await app.setViewportSize({ width: 1400, height: 800 });
  await app.goto(`/dashboards/${id}`);
  const a = app.getByRole("region", { name: "Card A" });
  const b = app.getByRole("region", { name: "Card B" });
  expect((await boxOf(a)).y).toBeCloseTo((await boxOf(b)).y, 0);
  await expect(app.getByRole("region", { name: "Card C" })).toHaveCount(0);
  await app.setViewportSize({ width: 1200, height: 800 });
  await expect.poll(async () => (await boxOf(b)).y - (await boxOf(a)).y).toBeGreaterThan(50);
  expect((await boxOf(b)).y - (await boxOf(a)).y - (await boxOf(a)).height).toBeCloseTo(30, 0);

  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await app.getByRole("application", { name: /^Card B/ }).focus();
  await app.keyboard.press("ArrowDown");
  // What is hidden on wide screens is there for who edits.
  await app.getByRole("button", { name: /Layout for/ }).click();
  await app.getByRole("option", { name: "All other widths" }).click();
  await expect(
    app.getByRole("application", { name: /^Card C.*hidden on this kind of screen/ }),
  ).toBeVisible();
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();
  const stored = await rest.get<{
    configuration: {
      states: { default: { layouts: { main: { widgets: Json; breakpoints: { md: Json } } } } };
    };
  }>(`/api/dashboard/${id}`);
  const { main } = stored.configuration.states.default.layouts;
  expect(main.widgets.b).toEqual(at(12, 0, 12, 4));
  expect(main.breakpoints.md).toMatchObject({
    widgets: { b: at(0, 5, 24, 4) },
    gridSettings: { margin: 30, unheard: 7 },
  });
});

test("a second layout stands beside the first, and takes what is added while it is looked at", async ({
  app,
  rest,
}) => {
  const dimension = { type: "fixed", fixedWidth: 320, fixedLayout: "right" };
  const id = await board(rest, "Two", {
    main: { widgets: { a: at(0, 0, 24, 4) }, gridSettings: { layoutDimension: dimension } },
    right: {
      widgets: { b: at(0, 0, 12, 12) },
      gridSettings: { columns: 12, backgroundColor: "#ffe0b2", mobileDisplayLayoutFirst: true },
    },
  });
  await app.goto(`/dashboards/${id}`);
  const right = app.getByRole("group", { name: "Right layout" });
  const main = app.getByRole("group", { name: "Main layout" });
  await expect(main.getByRole("region", { name: "Card A" })).toBeVisible();
  await expect(right.getByRole("region", { name: "Card B" })).toBeVisible();
  const [one, other] = [await boxOf(main), await boxOf(right)];
  await app.setViewportSize({ width: 390, height: 844 });
  await expect.poll(async () => (await boxOf(right)).y).toBeLessThan((await boxOf(main)).y);
  await app.setViewportSize({ width: 1280, height: 800 });
  await expect.poll(async () => (await boxOf(right)).y).toBeCloseTo((await boxOf(main)).y, 0);
  expect(other.width).toBeCloseTo(320, 0);
  expect(other.x).toBeGreaterThan(one.x + one.width);
  expect(other.y).toBeCloseTo(one.y, 0);
  expect(await style(right, "background-color")).toBe("rgb(255, 224, 178)");

  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await right.getByRole("application", { name: /^Card B/ }).focus();
  await app.getByRole("button", { name: "Add widget" }).click();
  await app
    .getByRole("dialog", { name: "Add widget" })
    .getByRole("button", { name: /^Markdown card/ })
    .click();
  const dialog = app.getByRole("dialog", { name: "Add widget: Markdown card" });
  await expect(dialog.getByRole("button", { name: /Into the layout/ })).toContainText("Right");
  await dialog.getByRole("textbox", { name: "Title", exact: true }).fill("New one");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await expect(right.getByRole("region", { name: "New one" })).toBeVisible();
  await expect(main.getByRole("region", { name: "New one" })).toHaveCount(0);
});

test("the toolbar shows what the dashboard wants, and editing stays in reach", async ({ app, rest }) => {
  const main = { main: { widgets: { a: at(0, 0, 8, 4) }, gridSettings: {} } };
  const shown = async (settings: Json) => {
    const id = await board(rest, "Tools", main, { settings: { stateControllerId: "entity", ...settings } });
    await app.goto(`/dashboards/${id}`);
    await expect(app.getByRole("region", { name: "Card A" })).toBeVisible();
  };
  const time = app.getByRole("button", { name: /^Time window/ });
  await shown({ hideToolbar: true });
  await expect(time).toHaveCount(0);
  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await expect(time).toBeVisible();
  await shown({ showDashboardTimewindow: false, showDashboardExport: false });
  await expect(time).toHaveCount(0);
  await app.getByRole("button", { name: "Dashboard actions" }).click();
  await expect(app.getByRole("menuitem", { name: "Delete" })).toBeVisible();
  await expect(app.getByRole("menuitem", { name: "Export" })).toHaveCount(0);
  await shown({ toolbarAlwaysOpen: false });
  await expect(time).toHaveCount(0);
  await app.getByRole("button", { name: "Open the toolbar" }).click();
  await expect(time).toBeVisible();

  await shown({
    showTitle: true,
    titleColor: "#8e0000",
    showDashboardLogo: true,
    dashboardLogoUrl: DOT,
  });
  const title = app.getByRole("heading", { level: 1, name: "Tools" });
  expect(await style(title, "color")).toBe("rgb(142, 0, 0)");
  await expect(app.locator(".board-logo")).toHaveAttribute("src", DOT);
  // Dark red on a dark ground cannot be read: there the theme's colour holds.
  await app.emulateMedia({ colorScheme: "dark" });
  await expect.poll(() => style(title, "color")).not.toBe("rgb(142, 0, 0)");
  await app.emulateMedia({ colorScheme: "light" });
  await app.getByRole("button", { name: "Dashboard actions" }).click();
  await app.getByRole("menuitem", { name: "Full screen" }).click();
  await expect(app.locator(".dashboard-full").getByText("Tools")).toBeVisible();
  await expect(app.locator(".dashboard-full").getByRole("button", { name: /^Time window/ })).toBeVisible();
  await app.getByRole("button", { name: "Leave full screen" }).click();
  await expect(app.locator(".dashboard-full")).toHaveCount(0);
});

test("style sheets of dashboards and widgets hold for them alone, and can do no harm", async ({
  app,
  rest,
}) => {
  const dashboardCss = `
    @import url("https://example.org/evil.css");
    @font-face { font-family: x; src: url(https://example.org/x.woff) }
    .widget-title { color: rgb(1, 2, 3); background: url(https://example.org/track.png) }
    h1, nav { color: rgb(9, 9, 9) !important }
    body ~ *, :root + * { color: rgb(9, 9, 9) !important }
    body { letter-spacing: 1px }
    body { contain: none !important; overflow: visible; position: static }
    .widget::after { content: ""; position: absolute; inset: -3000px; z-index: 99999 }
    .widget, .ground, .grid { overflow: visible !important }
    .widget { position: fixed; inset: 0; border-top-color: rgb(4, 5, 6) }
    .a { & ~ * {} :not(&) { color: rgb(9, 9, 9) !important } }
    @media (min-width: 700px) { .widget-body { color: rgb(7, 8, 9) } }
    @keyframes loading { from { opacity: 0.5 } to { opacity: 0.6 } }
    .widget { --edge: 3px; } .widget-body { padding: var(--edge) }
    .widget-head { animation-name: loading; animation-duration: 100s }
    .widget { --x: url(https://example.org/y.png); width: expression(alert(1)) }`;
  const id = await board(
    rest,
    "Styled",
    { main: { widgets: { a: at(0, 0, 8, 4), b: at(8, 0, 8, 4) }, gridSettings: {} } },
    { settings: { stateControllerId: "entity", dashboardCss } },
    { a: { widgetCss: ".widget-title { font-style: italic }" } },
  );
  await app.goto(`/dashboards/${id}`);
  const a = app.getByRole("region", { name: "Card A" });
  const titleA = a.getByRole("heading", { name: "Card A" });
  const titleB = app.getByRole("heading", { name: "Card B" });
  await expect.poll(() => style(titleA, "color")).toBe("rgb(1, 2, 3)");
  expect(await style(titleA, "background-image")).toBe("none");
  expect(await style(a, "border-top-color")).toBe("rgb(4, 5, 6)");
  expect(await style(a, "position")).toBe("relative");
  expect(await style(a.locator(".widget-body"), "color")).toBe("rgb(7, 8, 9)");
  expect(await style(app.locator("[data-board]"), "letter-spacing")).toBe("1px");
  expect(await style(a.locator(".widget-head"), "animation-name")).toBe("board-0");
  expect(await style(a, "--x")).toBe("");
  expect(await style(a.locator(".widget-body"), "padding-top")).toBe("3px");
  expect(await style(titleA, "font-style")).toBe("italic");
  expect(await style(titleB, "font-style")).toBe("normal");
  for (const other of [
    app.getByRole("heading", { level: 1 }),
    app.getByRole("navigation").first(),
    app.getByRole("link", { name: "Devices", exact: true }),
    app.locator("body"),
  ]) {
    expect(await style(other, "color")).not.toBe("rgb(9, 9, 9)");
    expect(await style(other, "letter-spacing")).not.toBe("1px");
  }
  // Nothing lies over the application: what is pressed is what is seen.
  await app.getByRole("button", { name: "Dashboard actions" }).click();
  await app.keyboard.press("Escape");
  // Elsewhere nothing of it is left.
  await app.getByRole("link", { name: "Devices", exact: true }).click();
  await expect(app.getByRole("heading", { level: 1, name: "Devices" })).toBeVisible();
  expect(await app.evaluate(() => document.adoptedStyleSheets.length)).toBe(0);
});

test("the settings of a dashboard are edited in one step, and what they do not know stays", async ({
  app,
  rest,
}) => {
  const device = (await rest.post("/api/device", { name: "Settled", type: "settled" })).id;
  const id = await withDashboard(
    rest,
    "Before",
    device,
    [
      {
        fqn: "cards.value_card",
        type: "latest",
        title: "Card",
        at: [0, 0, 4, 4],
        config: ofMachine(series("a")),
      },
    ],
    { settings: { stateControllerId: "entity", unheard: [1] }, description: "Old" },
  );
  await app.goto(`/dashboards/${id}`);
  await app.getByRole("button", { name: "Edit", exact: true }).click();
  const card = app.getByRole("region", { name: "Card" });
  const before = await boxOf(card);
  await app.getByRole("button", { name: "Dashboard", exact: true }).click();
  await app.getByRole("menuitem", { name: "Settings" }).click();
  const dialog = app.getByRole("dialog", { name: "Settings of the dashboard" });
  await dialog.getByRole("textbox", { name: "Title" }).fill("After");
  await dialog.getByRole("textbox", { name: "Description" }).fill("What it is for");
  await dialog.getByText("Show the title in full screen").click();
  await dialog.getByRole("tab", { name: "Toolbar" }).click();
  await dialog.getByText("Show the time window", { exact: true }).click();
  await dialog.getByRole("tab", { name: "Layout" }).click();
  await dialog.getByLabel("Columns").fill("12");
  await dialog.getByLabel("Margin between widgets (px)").fill("24");
  await dialog.getByText("Fill the height of the window").click();
  await dialog.getByLabel("Row on narrow screens (px)").fill("90");
  const chooser = app.waitForEvent("filechooser");
  await dialog.getByRole("button", { name: "Choose a file for background picture" }).click();
  await (
    await chooser
  ).setFiles({
    name: "p.png",
    mimeType: "image/png",
    buffer: Buffer.from(DOT.split(",")[1] ?? "", "base64"),
  });
  await expect(dialog.locator(".picture-preview")).toBeVisible();
  await dialog.getByText("Phones (below 600 px)").click();
  await dialog.getByText("A second layout at the right").click();
  await dialog.getByRole("tab", { name: "Style sheet" }).click();
  await dialog.getByLabel("CSS of the dashboard").fill(".widget { border-top-color: rgb(4, 5, 6) }");
  await dialog.getByRole("button", { name: "Apply" }).click();
  await expect(app.getByRole("heading", { level: 1, name: "After" })).toBeVisible();
  await expect.poll(() => style(card, "border-top-color")).toBe("rgb(4, 5, 6)");
  await expect.poll(async () => (await boxOf(card)).width).not.toBeCloseTo(before.width, 0);
  await app.getByRole("button", { name: "Undo" }).click();
  await expect(app.getByRole("heading", { level: 1, name: "Before" })).toBeVisible();
  await expect.poll(async () => (await boxOf(card)).width).toBeCloseTo(before.width, 0);
  await app.getByRole("button", { name: "Redo" }).click();
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();
  const stored = await rest.get<{ title: string; configuration: Json }>(`/api/dashboard/${id}`);
  expect(stored.title).toBe("After");
  expect(stored.configuration).toMatchObject({
    description: "What it is for",
    settings: { unheard: [1], showTitle: true, showDashboardTimewindow: false },
    states: {
      default: {
        layouts: {
          main: {
            gridSettings: {
              columns: 12,
              margin: 24,
              autoFillHeight: true,
              mobileRowHeight: 90,
              backgroundImageUrl: DOT,
            },
            breakpoints: { xs: { widgets: { w0: {} }, gridSettings: { columns: 12 } } },
          },
          right: { widgets: {} },
        },
      },
    },
  });
});
