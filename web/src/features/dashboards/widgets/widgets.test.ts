import { describe, expect, it, vi } from "vitest";
import { kept, narrowHeight, ordered } from "../grid/layout";
import { CATALOGUE, entryOf } from "../settings/catalogue";
import { valueAt as settingAt, withValue } from "../settings/fields";
import { readDashboard, readWidget } from "../stored/model";
import { markdownToHtml } from "./cards/markdown";
import { patternFilled } from "./cards/pattern";
import { safeImage, safeLink } from "./cards/sanitised";
import { styleOf } from "./cards/style";
import { grouped, mostRaw, outlined, stepOf } from "./charts/points";
import { angleOf, rounded, steps, valueAt } from "./controls/dial";
import { levelOf } from "./gauges/level";
import { componentOf } from "./kinds";
import { sorted } from "./tables/order";

// The live connection needs a page.
vi.mock("../../../live/connection", () => ({ live: {} }));

const MINUTE = 60_000;

describe("a dial", () => {
  it("has its least value bottom left and its most bottom right", () => {
    expect(angleOf(15, 15, 45)).toBe(135);
    expect(angleOf(45, 15, 45)).toBe(405);
    expect(valueAt(0, -1, 15, 45)).toBeCloseTo(30);
    expect(valueAt(-1, 1, 15, 45)).toBeCloseTo(15);
    expect(valueAt(-0.1, 1, 0, 100)).toBe(0);
    expect(valueAt(0.1, 1, 0, 100)).toBe(100);
  });
  it("goes by keys and shows what it sends", () => {
    const dial = { least: 15, most: 45, decimals: 0 };
    expect([steps("PageUp", 20, dial), steps("ArrowDown", 20, dial), steps("End", 20, dial)]).toEqual([
      23, 19, 45,
    ]);
    expect(steps("a", 20, dial)).toBeUndefined();
    expect(rounded(33.456, 0)).toBe(33);
  });
});

describe("a chart", () => {
  it("asks for no more groups than its pixels show", () => {
    expect(stepOf(MINUTE, 800, false, 1_000)).toBe(1_000);
    expect(stepOf(24 * 60 * MINUTE, 900, false, 1_000)).toBe(5 * MINUTE);
    expect(stepOf(MINUTE, 800, true, undefined)).toBe(1_000);
    expect(mostRaw(1_000)).toBe(4_000);
  });
  it("puts arriving values together as the server does", () => {
    const points = [1, 2, 3, 10].map((value, at) => ({ ts: at * 400, value }));
    expect(grouped(points, 1_000, "AVG")).toEqual([
      { ts: 500, value: 2 },
      { ts: 1_500, value: 10 },
    ]);
    expect(grouped(points, 1_000, "COUNT").map((one) => one.value)).toEqual([3, 1]);
    expect(grouped(points, 2_000, "MAX")).toEqual([{ ts: 1_000, value: 10 }]);
  });
  it("keeps the outline of very many points", () => {
    const lows = [{ ts: 50, value: 1 }];
    const highs = [{ ts: 50, value: 9 }];
    expect(outlined(lows, highs, 40)).toEqual([
      { ts: 40, value: 1 },
      { ts: 60, value: 9 },
    ]);
  });
});

describe("places", () => {
  it("stay within the columns", () => {
    expect(kept({ x: 23, y: -1, w: 5, h: 0 }, 24)).toEqual({ x: 19, y: 0, w: 5, h: 1 });
    expect(kept({ x: 0, y: 0, w: 99, h: 2 }, 24)).toMatchObject({ x: 0, w: 24 });
  });
  it("are one under the other on narrow screens, as the dashboard says", () => {
    const widget = (title: string) => ({ typeFullFqn: "system.cards.value_card", config: { title } });
    const [layout] = readDashboard({
      widgets: { a: widget("A"), b: widget("B"), c: widget("C"), d: widget("D") },
      states: {
        default: {
          root: true,
          layouts: {
            main: {
              widgets: {
                a: { sizeX: 4, sizeY: 4, row: 1, col: 0 },
                b: { sizeX: 4, sizeY: 4, row: 0, col: 8, mobileOrder: 2, mobileHeight: 5 },
                c: { sizeX: 4, sizeY: 4, row: 0, col: 0, mobileHide: true },
                d: { sizeX: 4, sizeY: 4, row: 5, col: 0, mobileOrder: 1, desktopHide: true },
              },
            },
          },
        },
      },
    }).layouts;
    if (!layout) throw new Error("no layout");
    expect(ordered(layout, true).map((one) => one.id)).toEqual(["d", "b", "a"]);
    expect(ordered(layout, false).map((one) => one.id)).toEqual(["c", "b", "a"]);
    const [, b] = ordered(layout, true);
    const place = layout.places.get("b");
    expect(b && place && narrowHeight(b, place)).toBe(350);
  });
});

describe("a card", () => {
  it("is written in Markdown", () => {
    expect(markdownToHtml("# A\n\nOne **two** *three* `4 < 5`\n\n- a\n- b\n\n1. c")).toBe(
      "<h3>A</h3>\n<p>One <strong>two</strong> <em>three</em> <code>4 &lt; 5</code></p>\n" +
        "<ul><li>a</li><li>b</li></ul>\n<ol><li>c</li></ol>",
    );
    expect(markdownToHtml("| a | b |\n|---|---|\n| 1 | 2 |")).toContain("<td>1</td><td>2</td>");
    expect(markdownToHtml('[x](y"onclick=z)')).toBe('<p><a href="y&quot;onclick=z">x</a></p>');
    expect(markdownToHtml("```\n<b>\n```")).toBe("<pre><code>&lt;b&gt;</code></pre>");
  });
  it("has values in it, made harmless", () => {
    const widget = readWidget("w", {
      config: {
        datasources: [{ entityAliasId: "a", dataKeys: [{ name: "t", type: "timeseries", units: "°C" }] }],
      },
    });
    const values = new Map([["TIME_SERIES/t", { ts: 1, value: "21.26" }]]);
    const row = { entity: { entityType: "DEVICE" as const, id: "1" }, name: "<Pump>", label: "P", values };
    const found = [{ rows: [row], missing: undefined }];
    const clean = (text: string) => text.replaceAll("<", "&lt;");
    expect(patternFilled("${entityName} ${t:1} ${#0} ${x}", widget, found, clean)).toBe(
      "&lt;Pump> 21.3 °C 21.26 °C –",
    );
  });
  it("links and shows only what can do no harm", () => {
    expect([
      safeLink("https://a.b"),
      safeLink("javascript:alert(1)"),
      safeLink("//a.b"),
      safeLink("/x"),
    ]).toEqual(["https://a.b", undefined, undefined, "/x"]);
    expect([
      safeImage("https://a.b/x.png"),
      safeImage("/files/x.png"),
      safeImage("data:text/html,x"),
    ]).toEqual([undefined, "/files/x.png", undefined]);
    expect(styleOf("color: red; position: fixed; background-color: url(x); font-size: 20px")).toEqual({
      color: "red",
      fontSize: "20px",
    });
  });
});

describe("a table", () => {
  it("sorts numbers as numbers and puts what is missing last", () => {
    const rows = ["10", "9", "", "x"];
    const valueOf = (row: string) => (row === "" || Number.isNaN(Number(row)) ? row : Number(row));
    expect(sorted(rows, { column: "", descending: false }, valueOf)).toEqual(["9", "10", "x", ""]);
    expect(sorted(rows, { column: "", descending: true }, valueOf)).toEqual(["10", "9", "x", ""]);
  });
});

describe("the catalogue", () => {
  it("has only types that are shown, with settings for every field's group", () => {
    for (const one of CATALOGUE) {
      const widget = readWidget("w", {
        typeFullFqn: one.fqn,
        type: one.kind,
        config: { settings: one.settings },
      });
      expect(componentOf(widget), one.fqn).toBeDefined();
      for (const field of one.fields) {
        if (field.kind === "get" || field.kind === "set")
          expect(settingAt({ settings: one.settings }, field.path), `${one.fqn} ${field.path}`).toBeDefined();
      }
    }
  });
  it("knows older types, and has a plain form for the others", () => {
    expect(entryOf("system.charts.basic_timeseries", "basic_timeseries", "timeseries").label).toBe(
      "Line chart",
    );
    const unknown = entryOf("system.maps.openstreetmap", "openstreetmap", "latest");
    expect(unknown).toMatchObject({ kind: "latest", fields: [] });
    const tenants = readWidget("w", { typeFullFqn: "tenant.mine.knob_control" });
    expect(componentOf(tenants)).toBeUndefined();
  });
  it("writes a setting and keeps the others", () => {
    const config = { settings: { a: 1, yaxis: { min: 0 } } };
    expect(withValue(config, "settings.yaxis.max", 9)).toEqual({
      settings: { a: 1, yaxis: { min: 0, max: 9 } },
    });
    expect(withValue(config, "settings.a", undefined)).toEqual({ settings: { yaxis: { min: 0 } } });
  });
});

describe("a gauge", () => {
  it("takes its colour from a list, by how far it has come", () => {
    expect(levelOf(["#00ff00", "#ff0000"], 0.2)).toBe("#00ff00");
    expect(levelOf(["#00ff00", "#ff0000"], 1)).toBe("#ff0000");
    expect(levelOf(["url(x)"], 0.5)).toBeUndefined();
  });
});
