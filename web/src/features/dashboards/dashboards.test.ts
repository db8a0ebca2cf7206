import { existsSync, readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { members } from "../../api/shapes";
import { angleOf, rounded, valueAt } from "./dial";
import { migrated } from "./migrate";
import { readDashboard, shownValue } from "./model";
import { Sender, type Sending } from "./sender";

describe("an old dashboard", () => {
  const view = readDashboard(
    migrated({
      widgets: {
        k: {
          isSystemType: true,
          bundleAlias: "control_widgets",
          typeAlias: "knob_control",
          sizeX: 5,
          sizeY: 4.5,
          config: { targetDeviceAliasIds: ["a"], settings: { minValue: 0, title: "Turn" }, decimals: 2 },
        },
      },
      states: {
        default: {
          root: true,
          layouts: { main: { widgets: { k: { sizeX: 7, sizeY: 6, row: 1, col: 17 } }, gridSettings: {} } },
        },
      },
      entityAliases: {
        a: {
          alias: "Thermo",
          filter: { type: "deviceType", deviceType: "thermostat", resolveMultiple: true },
        },
      },
      timewindow: { realtime: { timewindowMs: 60000 } },
    }),
  );

  it("is read in the form of today", () => {
    expect(view.widgets[0]).toMatchObject({
      fqn: "system.control_widgets.knob_control",
      target: "a",
      title: "Turn",
      decimals: 2,
    });
    expect(view.places.get("k")).toEqual({ x: 17, y: 1, w: 7, h: 6 });
    expect(view.aliases.get("a")).toMatchObject({
      name: "Thermo",
      many: true,
      filter: { deviceTypes: ["thermostat"] },
    });
    expect([view.columns, view.timewindow.ms]).toEqual([24, 60_000]);
  });

  it("may have no states and widgets in a list", () => {
    const oldest = readDashboard(
      migrated({
        widgets: [
          { id: "w", bundleAlias: "charts", typeAlias: "timeseries", sizeX: 8, sizeY: 5, row: 2, col: 3 },
        ],
        deviceAliases: { d: { alias: "One", deviceId: "0190" } },
      }),
    );
    expect(oldest.widgets.map((one) => one.fqn)).toEqual(["system.charts.basic_timeseries"]);
    expect(oldest.places.get("w")).toEqual({ x: 3, y: 2, w: 8, h: 5 });
    expect(oldest.aliases.get("d")?.filter).toMatchObject({ type: "entityList", entityList: ["0190"] });
  });
});

const LIBRARY = new URL("../../../../../shared/data/dashboards/", import.meta.url);

describe.skipIf(!existsSync(LIBRARY))("published dashboards", () => {
  for (const name of existsSync(LIBRARY) ? readdirSync(LIBRARY) : []) {
    it(`${name} keeps all its widgets`, () => {
      const file = members(JSON.parse(readFileSync(new URL(name, LIBRARY), "utf8")));
      const view = readDashboard(migrated(file.configuration));
      expect(view.widgets.length).toBeGreaterThan(0);
      for (const one of view.widgets) expect(one.fqn).toMatch(/^(system|tenant)\../);
    });
  }
});

describe("a control's commands", () => {
  it("go one after the other, the newest last, also after a failure", async () => {
    const sent: number[] = [];
    const told: Sending["kind"][] = [];
    const ends: ((fail: boolean) => void)[] = [];
    const sender = new Sender<number>(
      (value) => {
        sent.push(value);
        return new Promise((done, fail) =>
          ends.push((bad) => (bad ? fail(new Error("away")) : done(undefined))),
        );
      },
      (sending) => told.push(sending.kind),
    );
    sender.put(1);
    sender.put(2);
    sender.put(3);
    expect(sent).toEqual([1]);
    ends[0]?.(true);
    await Promise.resolve().then(() => undefined);
    await new Promise((done) => setTimeout(done, 0));
    expect(sent).toEqual([1, 3]);
    ends[1]?.(false);
    await new Promise((done) => setTimeout(done, 0));
    expect(told).toEqual(["sending", "failed", "sending", "delivered"]);
  });
});

describe("a dial", () => {
  it("has its least value bottom left and its most bottom right", () => {
    expect(angleOf(15, 15, 45)).toBe(135);
    expect(angleOf(45, 15, 45)).toBe(405);
    expect(valueAt(0, -1, 15, 45)).toBeCloseTo(30);
    expect(valueAt(-1, 1, 15, 45)).toBeCloseTo(15);
    expect(valueAt(-0.1, 1, 0, 100)).toBe(0);
    expect(valueAt(0.1, 1, 0, 100)).toBe(100);
  });
  it("shows what it sends", () => {
    expect(rounded(33.456, 0)).toBe(33);
    expect(shownValue("33.456", 1, "°C")).toBe("33.5 °C");
    expect(shownValue("open", 1, "")).toBe("open");
    expect(shownValue(undefined, 1, "°C")).toBe("–");
  });
});
