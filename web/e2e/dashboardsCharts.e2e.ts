/** What charts show beside their lines: axes, thresholds, legends, latest values. */
import {
  Machine,
  deviceOf,
  picture,
  region,
  series,
  withDashboard,
  withHistory,
  withWayDown,
} from "./dashboardsScene";
import { accessible, expect, test } from "./scene";

test("a chart has axes of its own, lines at limits that follow their attribute, and a legend with figures", async ({
  app,
  rest,
  broker,
}) => {
  await withWayDown(rest, broker.port);
  const machine = await Machine.start(broker, "Figures");
  await machine.tell({ temperature: 20 });
  const device = await deviceOf(rest, "Figures");
  await withHistory(rest, device, 100, 2_000);
  const limit = (value: number) =>
    rest.post<unknown>(`/api/plugins/telemetry/DEVICE/${device.id}/attributes/SERVER_SCOPE`, {
      limit: value,
    });
  await limit(60);
  const id = await withDashboard(rest, "Figures", device, [
    {
      fqn: "time_series_chart",
      type: "timeseries",
      title: "Both",
      at: [0, 0, 12, 8],
      config: {
        datasources: [
          {
            type: "entity",
            entityAliasId: "machine",
            dataKeys: [
              series("temperature", {
                units: "°C",
                decimals: 1,
                color: "#EF5350",
                settings: { yAxisId: "default" },
              }),
              series("speed", {
                units: "%",
                settings: { yAxisId: "speeds", type: "bar", showInLegend: true },
              }),
            ],
            latestDataKeys: [
              { name: "limit", type: "attribute", label: "Limit", settings: {} },
              {
                name: "humidity",
                type: "timeseries",
                label: "Humidity",
                units: "%",
                decimals: 0,
                settings: {},
              },
            ],
          },
        ],
      },
      settings: {
        yAxes: {
          default: { position: "left", min: 0, max: 70, label: "Warmth" },
          speeds: {
            position: "right",
            units: "%",
            decimals: 0,
            ticksFormatter: "return value + ' per cent';",
          },
        },
        thresholds: [
          { type: "latestKey", latestKey: "Limit", units: "°C", decimals: 0, lineColor: "rgb(233, 30, 99)" },
          { type: "constant", value: 15, label: "Frost", lineType: "dashed" },
          {
            type: "entity",
            entityAlias: "Machine",
            entityKey: "limit",
            entityKeyType: "attribute",
            label: "Far",
            units: "!",
          },
        ],
        showLegend: true,
        legendConfig: { position: "top", showMin: true, showMax: true, showAvg: true, showLatest: true },
      },
    },
    {
      fqn: "charts.basic_timeseries",
      type: "timeseries",
      title: "Old",
      at: [12, 0, 12, 8],
      config: {
        showLegend: false,
        datasources: [
          {
            type: "entity",
            entityAliasId: "machine",
            dataKeys: [
              series("temperature", {
                settings: {
                  thresholds: [{ thresholdValueSource: "predefinedValue", thresholdValue: 22 }],
                  tooltipValueFormatter: "return 'about ' + Math.round(value / 10) * 10;",
                },
              }),
              series("speed", {
                settings: {
                  showSeparateAxis: true,
                  axisPosition: "right",
                  fillLines: true,
                  axisTitle: "Speed",
                },
              }),
            ],
          },
        ],
      },
      settings: { stack: true, smoothLines: true },
    },
  ]);
  await app.goto(`/dashboards/${id}`);
  const both = app.getByRole("img", { name: /^Both:/ });
  await expect(both).toHaveAttribute("aria-label", /lines at 60 °C, Frost 15, Far 60 !$/);
  await limit(45);
  await expect(both).toHaveAttribute("aria-label", /lines at 45 °C, Frost 15, Far 45 !$/);

  const legend = region(app, "Both").getByRole("table", { name: "Series" });
  const row = legend.getByRole("row", { name: /temperature/ });
  await expect(row).toContainText("17.0 °C");
  await expect(row).toContainText("25.0 °C");
  await expect(legend.getByRole("columnheader")).toHaveText(["Series", "Min", "Max", "Average", "Latest"]);
  await machine.tell({ temperature: 61.25, humidity: 33 });
  await expect(row.getByRole("cell").last()).toHaveText("61.3 °C");
  await expect(region(app, "Both").getByRole("group", { name: "Legend" })).toContainText("Humidity 33 %");
  const box = async (name: string) =>
    (
      await region(app, "Both")
        .getByRole(name as "table")
        .first()
        .boundingBox()
    )?.y ?? 0;
  expect(await box("table")).toBeLessThan(await box("img"));

  // A line that is hidden leaves the picture, and comes back.
  await expect(both).toHaveAttribute("aria-label", /from 17(\.\d+)? to 80/);
  await legend.getByRole("button", { name: "speed" }).click();
  await expect(legend.getByRole("button", { name: "speed" })).toHaveAttribute("aria-pressed", "false");
  await expect(both).toHaveAttribute("aria-label", /from 17(\.\d+)? to 61\.25/);
  await legend.getByRole("button", { name: "speed" }).click();
  await expect(both).toHaveAttribute("aria-label", /from 17(\.\d+)? to 80/);

  await expect(app.getByRole("img", { name: /^Old:.*lines at 22$/ })).toBeVisible();
  await expect(region(app, "Old").getByRole("list", { name: "Series" })).toHaveCount(0);
  const old = await app.getByRole("img", { name: /^Old:/ }).boundingBox();
  if (!old) throw new Error("the chart is not there");
  await app.mouse.move(old.x + old.width / 2, old.y + old.height / 2);
  await expect(region(app, "Old").locator(".plot-tip")).toContainText("temperature about 20");
  await accessible(app, "charts with legends");
  await picture(app, "charts-look");
  await expect(app.getByRole("list", { name: "What does not work here" })).toHaveCount(0);
  machine.stop();
});

test("a widget has the ground, title and colours of its settings, and can be read in both themes", async ({
  app,
  rest,
  broker,
}) => {
  await withWayDown(rest, broker.port);
  const machine = await Machine.start(broker, "Looks");
  await machine.tell({ temperature: 20, humidity: 35 });
  const device = await deviceOf(rest, "Looks");
  const of = (key: string, more: object) => ({
    datasources: [{ type: "entity", entityAliasId: "machine", dataKeys: [series(key)] }],
    ...more,
  });
  const id = await withDashboard(rest, "Looks", device, [
    {
      fqn: "digital_gauges.digital_thermometer",
      type: "latest",
      title: "Dark",
      at: [0, 0, 4, 5],
      config: of("temperature", { backgroundColor: "#000000", color: "rgba(0, 0, 0, 0.87)" }),
      settings: {
        gaugeType: "verticalBar",
        minValue: -40,
        maxValue: 125,
        levelColors: ["#304ffe", "#7e57c2"],
        showUnitTitle: true,
        unitTitle: "Temperature °C",
      },
    },
    {
      fqn: "cards.value_card",
      type: "latest",
      title: "Card",
      at: [4, 0, 5, 5],
      config: of("humidity", {
        backgroundColor: "rgba(0, 0, 0, 0)",
        showTitleIcon: true,
        titleIcon: "water_drop",
        titleColor: "#b71c1c",
        titleFont: { size: 20, sizeUnit: "px", weight: "700" },
      }),
      settings: {
        background: { type: "color", color: "#fff3e0" },
        label: "Air",
        showDate: false,
        valueColor: {
          type: "range",
          rangeList: [
            { to: 30, color: "rgb(0, 0, 200)" },
            { from: 30, color: "rgb(200, 0, 0)" },
          ],
        },
      },
    },
    { fqn: "cards.value_card", type: "latest", title: "Plain", at: [9, 0, 4, 5], config: of("humidity", {}) },
  ]);
  for (const colorScheme of ["light", "dark"] as const) {
    await app.emulateMedia({ colorScheme });
    await app.goto(`/dashboards/${id}`);
    const dark = region(app, "Dark");
    await expect(dark.getByRole("meter")).toHaveAttribute("aria-valuenow", "20");
    await expect(dark.locator(".widget-look")).toHaveCSS("background-color", "rgb(0, 0, 0)");
    await expect(dark.locator(".value-number")).toHaveCSS("color", "rgb(230, 235, 237)");
    await expect(dark).toContainText("Temperature °C");
    const card = region(app, "Card");
    await expect(card.locator(".widget-look")).toHaveCSS("background-color", "rgb(255, 243, 224)");
    await expect(card.locator(".value-number")).toHaveCSS("color", "rgb(200, 0, 0)");
    await expect(card.getByText("Air")).toBeVisible();
    const title = card.getByRole("heading", { name: "Card" });
    await expect(title).toHaveCSS("color", "rgb(183, 28, 28)");
    await expect(title).toHaveCSS("font-size", "20px");
    await expect(title.locator("svg")).toBeVisible();
    const ink = colorScheme === "light" ? "rgb(24, 32, 36)" : "rgb(230, 235, 237)";
    await expect(region(app, "Plain").locator(".value-number")).toHaveCSS("color", ink);
    await accessible(app, `widgets with looks of their own, ${colorScheme}`);
    await picture(app, `looks-${colorScheme}`);
  }
  await machine.tell({ humidity: 12 });
  await expect(region(app, "Card").locator(".value-number")).toHaveCSS("color", "rgb(0, 0, 200)");
  machine.stop();
});
