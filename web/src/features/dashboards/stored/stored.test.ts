import { existsSync, readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { members } from "../../../api/shapes";
import {
  stateIdOf,
  usersOf,
  withAlias,
  withConfig,
  withPlace,
  withRoot,
  withState,
  withWidget,
  withoutState,
  withoutWidget,
} from "./edit";
import { after, begun, redone, undone } from "./history";
import { migrated } from "./migrate";
import { readDashboard } from "./model";
import { newId } from "./newId";

const OLD = {
  widgets: {
    k: {
      isSystemType: true,
      bundleAlias: "control_widgets",
      typeAlias: "knob_control",
      type: "rpc",
      config: {
        targetDeviceAliasIds: ["a"],
        showTitle: false,
        title: "New Knob Control",
        settings: { minValue: 0, title: "Turn", unheard: { of: [1, null] } },
        decimals: 2,
      },
    },
  },
  states: {
    default: {
      root: true,
      layouts: {
        main: {
          widgets: { k: { sizeX: 7, sizeY: 4.5, row: 1, col: 17, mobileHeight: null } },
          gridSettings: { margins: [12, 12], columns: 24 },
        },
      },
    },
  },
  entityAliases: {
    a: { alias: "Thermo", filter: { type: "deviceType", deviceType: "thermostat", resolveMultiple: true } },
  },
  timewindow: { realtime: { timewindowMs: 60000 } },
  unknownMember: { kept: true },
};

describe("an old dashboard", () => {
  const form = migrated(OLD);
  const view = readDashboard(form);
  const [main] = view.layouts;

  it("is read in the form of today", () => {
    expect(main?.widgets[0]).toMatchObject({
      fqn: "system.control_widgets.knob_control",
      type: "knob_control",
      target: { alias: "a" },
      heading: "Turn",
      decimals: 2,
    });
    expect(main?.places.get("k")).toMatchObject({ x: 17, y: 1, w: 7, h: 4.5 });
    expect(view.aliases.get("a")).toMatchObject({
      name: "Thermo",
      many: true,
      filter: { deviceTypes: ["thermostat"] },
    });
    expect(view.timewindow).toMatchObject({ live: true, range: { kind: "last", ms: 60_000 } });
  });

  it("loses only what has a newer form", () => {
    const widget = members(members(form.widgets).k);
    expect(widget).not.toHaveProperty("bundleAlias");
    expect(widget).not.toHaveProperty("isSystemType");
    expect(members(widget.config)).not.toHaveProperty("targetDeviceAliasIds");
    expect(members(widget.config).settings).toEqual(OLD.widgets.k.config.settings);
    expect(form.unknownMember).toEqual({ kept: true });
    const grid = members(members(members(members(members(form.states).default).layouts).main).gridSettings);
    expect(grid).toEqual({ margin: 12, columns: 24, outerMargin: true, layoutType: "default" });
    expect(form.settings).toEqual({ stateControllerId: "entity" });
  });

  it("may have no states, widgets in a list and device aliases", () => {
    const oldest = readDashboard(
      migrated({
        widgets: [
          {
            id: "w",
            bundleAlias: "charts",
            typeAlias: "timeseries",
            sizeX: 8,
            sizeY: 5,
            row: 2,
            col: 3,
            config: { datasources: [{ type: "device", deviceAliasId: "d", dataKeys: [] }] },
          },
        ],
        deviceAliases: {
          d: { alias: "One", deviceId: "0190" },
          e: { alias: "Some", deviceFilter: { useFilter: false, deviceList: ["1", "2"] } },
          f: { alias: "Named", deviceFilter: { useFilter: true, deviceNameFilter: "Pump" } },
        },
      }),
    );
    const [layout] = oldest.layouts;
    expect(layout?.widgets.map((one) => one.fqn)).toEqual(["system.charts.basic_timeseries"]);
    expect(layout?.widgets[0]?.sources[0]).toMatchObject({ alias: "d", device: undefined });
    expect(layout?.places.get("w")).toMatchObject({ x: 3, y: 2, w: 8, h: 5 });
    expect(oldest.aliases.get("d")?.filter).toMatchObject({ type: "entityList", entityList: ["0190"] });
    expect(oldest.aliases.get("e")).toMatchObject({ many: true, filter: { entityList: ["1", "2"] } });
    expect(oldest.aliases.get("f")?.filter).toMatchObject({ type: "entityName", entityNameFilter: "Pump" });
  });
});

const LIBRARY = new URL("../../../../../../shared/data/dashboards/", import.meta.url);

describe.skipIf(!existsSync(LIBRARY))("published dashboards", () => {
  for (const name of existsSync(LIBRARY) ? readdirSync(LIBRARY) : []) {
    it(`${name} keeps all its widgets and settles after one migration`, () => {
      const file = members(JSON.parse(readFileSync(new URL(name, LIBRARY), "utf8")));
      const form = migrated(file.configuration);
      const count = Object.keys(Object(members(file.configuration).widgets)).length;
      const shown = new Set<string>();
      for (const { id } of readDashboard(form).states)
        for (const layout of readDashboard(form, id).layouts)
          for (const one of layout.widgets) {
            shown.add(one.id);
            expect(one.fqn).toMatch(/^(system|tenant)\../);
          }
      expect(shown.size).toBe(count);
      expect(migrated(JSON.parse(JSON.stringify(form)))).toEqual(form);
    });
  }

  it("leaves those of today as they are, byte for byte", () => {
    for (const name of ["thermostats_demo.json"]) {
      const text = readFileSync(new URL(name, LIBRARY), "utf8");
      const { configuration } = members(JSON.parse(text));
      expect(JSON.stringify(migrated(configuration))).toBe(JSON.stringify(configuration));
    }
  });
});

describe("editing", () => {
  const empty = migrated({
    states: { main: { root: true, layouts: { main: { widgets: {}, gridSettings: { columns: 24 } } } } },
  });
  const spot = { state: "main", layout: "main" as const };
  const widget = (title: string) => ({
    typeFullFqn: "system.cards.value_card",
    sizeX: 4,
    sizeY: 3,
    config: { title, datasources: [{ type: "entity", entityAliasId: "a" }] },
  });
  const two = withWidget(withWidget(empty, spot, widget("One"), "1"), spot, widget("Two"), "2");

  it("puts a new widget under all others", () => {
    const [layout] = readDashboard(two).layouts;
    expect(layout?.places.get("2")).toMatchObject({ x: 0, y: 3, w: 4, h: 3 });
  });

  it("moves a widget and keeps what else is known of its place", () => {
    const moved = withPlace(migrated(OLD), { state: "default", layout: "main" }, "k", {
      x: 2,
      y: 0,
      w: 6,
      h: 5,
    });
    const places = members(members(members(members(members(moved.states).default).layouts).main).widgets);
    expect(places.k).toEqual({ sizeX: 6, sizeY: 5, row: 0, col: 2, mobileHeight: null });
  });

  it("takes a widget out of the dashboard with the last state that shows it", () => {
    const shared = withState(two, "more", "More");
    const placed = withPlace(shared, { state: "more", layout: "main" }, "1", { x: 0, y: 0, w: 1, h: 1 });
    const left = withoutWidget(placed, spot, "1");
    expect(Object.keys(members(left.widgets))).toEqual(["1", "2"]);
    expect(Object.keys(members(withoutState(left, "more").widgets))).toEqual(["2"]);
  });

  it("has one first state", () => {
    const states = readDashboard(withRoot(withState(two, "more", "More"), "more")).states;
    expect(states).toEqual([
      { id: "main", name: "main", root: false },
      { id: "more", name: "More", root: true },
    ]);
    expect(stateIdOf("Details of ${entityName}", ["details_of_entityname"])).toBe("details_of_entityname_2");
    expect(stateIdOf("…", [])).toBe("state");
  });

  it("knows which widgets use an alias", () => {
    const named = withAlias(two, "a", "Pumps", { type: "entityType", entityType: "DEVICE" });
    expect(usersOf(named, "a")).toEqual(["One", "Two"]);
    expect(usersOf(named, "b")).toEqual([]);
    const changed = withConfig(named, "1", { title: "One", targetDevice: { entityAliasId: "b" } });
    expect(usersOf(changed, "b")).toEqual(["One"]);
  });

  it("makes ids that look like the server's", () => {
    expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe("the steps of editing", () => {
  it("are taken back and done again; dragging is one step", () => {
    let steps = begun("a");
    steps = after(steps, "b", "");
    steps = after(steps, "c", "drag 1");
    steps = after(steps, "d", "drag 1");
    steps = undone(steps);
    expect(steps.now).toBe("b");
    steps = undone(steps);
    expect([steps.now, undone(steps).now]).toEqual(["a", "a"]);
    steps = redone(redone(steps));
    expect([steps.now, redone(steps).now]).toEqual(["d", "d"]);
    expect(after(undone(steps), "e", "").future).toEqual([]);
  });
});
