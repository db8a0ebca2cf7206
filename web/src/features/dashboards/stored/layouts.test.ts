import { describe, expect, it } from "vitest";
import { members } from "../../../api/shapes";
import { withWidget, withoutWidget } from "./edit";
import { gridAt, withBreakpoint, withDivision, withGrid, withGridEverywhere, withRight } from "./layouts";
import { readDashboard } from "./model";

const place = { col: 0, row: 0, sizeX: 4, sizeY: 3 };
const START = {
  widgets: { a: { typeFullFqn: "system.cards.value_card", id: "a", config: { title: "A" } } },
  states: {
    one: { root: true, layouts: { main: { widgets: { a: place }, gridSettings: { columns: 24, odd: 1 } } } },
    two: { layouts: { main: { widgets: { a: place }, gridSettings: { columns: 12 } } } },
  },
};
const spot = { state: "one", layout: "main" as const };

describe("the layouts of a state", () => {
  it("have looks of their own, or one for every state", () => {
    const next = withGrid(START, spot, { ...gridAt(START, spot), margin: 3 });
    expect(gridAt(next, spot)).toEqual({ columns: 24, odd: 1, margin: 3 });
    expect(gridAt(next, { ...spot, state: "two" })).toEqual({ columns: 12 });
    expect(gridAt(withGridEverywhere(next, spot), { ...spot, state: "two" })).toMatchObject({ margin: 3 });
  });

  it("may be different for a width, beginning as the one for all", () => {
    const own = withBreakpoint(START, spot, "xs", true);
    expect(readDashboard(own, "one", "xs").layouts[0]).toMatchObject({ breakpoint: "xs" });
    expect(readDashboard(own, "one", "xl").layouts[0]?.breakpoint).toBeUndefined();
    expect(readDashboard(own, "one").breakpoints).toEqual(["xs"]);
    expect(withBreakpoint(own, spot, "xs", false)).toEqual(START);
    // What is added or taken out is so on every width.
    const added = withWidget(own, spot, { config: { title: "B" }, sizeX: 2, sizeY: 2 }, "b");
    expect(readDashboard(added, "one", "xs").layouts[0]?.places.get("b")).toMatchObject({ y: 3 });
    const left = withoutWidget(withoutWidget(added, spot, "b"), spot, "a");
    expect(readDashboard(left, "one", "xs").layouts[0]?.widgets).toEqual([]);
    expect(Object.keys(members(left.widgets))).toEqual(["a"]);
  });

  it("may be two, which share the width", () => {
    const two = withRight(START, "one", true);
    const filled = withWidget(two, { state: "one", layout: "right" }, { sizeX: 1, sizeY: 1 }, "r");
    const divided = withDivision(filled, "one", { kind: "percent", main: 60 });
    const view = readDashboard(divided, "one");
    expect(view.layouts.map((one) => one.name)).toEqual(["main", "right"]);
    expect(view.division).toEqual({ kind: "percent", main: 60 });
    expect(withRight(withDivision(divided, "one", { kind: "even" }), "one", false)).toEqual(START);
  });
});
