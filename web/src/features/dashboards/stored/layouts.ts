/** Changes of the layouts of a state: how their grids look, a second one, and those for single widths. */
import { type Members, isMembers, members } from "../../../api/shapes";
import { type Spot, inLayout, inState, withoutWidget } from "./edit";
import type { Breakpoint, Division } from "./look";

export function gridAt(configuration: Members, { state, layout, breakpoint }: Spot): Members {
  const one = members(members(members(members(configuration.states)[state]).layouts)[layout]);
  return members((breakpoint ? members(members(one.breakpoints)[breakpoint]) : one).gridSettings);
}

export function withGrid(configuration: Members, spot: Spot, gridSettings: Members): Members {
  return inLayout(configuration, spot, (one) => ({ ...one, gridSettings }));
}

/** Puts the grid settings of a layout on the same layout of every state. */
export function withGridEverywhere(configuration: Members, spot: Spot): Members {
  const grid = gridAt(configuration, spot);
  return Object.keys(members(configuration.states)).reduce<Members>(
    (before, state) =>
      isMembers(members(members(members(before.states)[state]).layouts)[spot.layout])
        ? withGrid(before, { state, layout: spot.layout }, { ...gridAt(before, { ...spot, state }), ...grid })
        : before,
    configuration,
  );
}

/** A second layout beside the main one; taking it away takes its widgets out. */
export function withRight(configuration: Members, state: string, on: boolean): Members {
  if (on) {
    const grid = gridAt(configuration, { state, layout: "main" });
    return inState(configuration, state, (before) => ({
      ...before,
      layouts: { ...members(before.layouts), right: { widgets: {}, gridSettings: grid } },
    }));
  }
  const right = members(members(members(members(configuration.states)[state]).layouts).right);
  const points = Object.values(members(right.breakpoints)).map(members);
  const widgets = new Set([right, ...points].flatMap((one) => Object.keys(members(one.widgets))));
  const spot: Spot = { state, layout: "right" };
  const left = [...widgets].reduce((before, id) => withoutWidget(before, spot, id), configuration);
  return inState(left, state, (before) => {
    const { right: gone, ...layouts } = members(before.layouts);
    void gone;
    return { ...before, layouts };
  });
}

/** A layout of its own for a width, which begins as the one for all; or none. */
export function withBreakpoint(configuration: Members, spot: Spot, point: Breakpoint, on: boolean): Members {
  return inLayout(configuration, { state: spot.state, layout: spot.layout }, (one) => {
    const { [point]: known, ...others } = members(one.breakpoints);
    const { breakpoints, ...own } = one;
    void breakpoints;
    if (on) return { ...one, breakpoints: { ...others, [point]: known ?? structuredClone(own) } };
    return Object.keys(others).length > 0 ? { ...one, breakpoints: others } : own;
  });
}

/** How the two layouts of a state share the width. */
export function withDivision(configuration: Members, state: string, division: Division): Members {
  const spot: Spot = { state, layout: "main" };
  const { layoutDimension, ...grid } = gridAt(configuration, spot);
  const before = members(layoutDimension);
  switch (division.kind) {
    case "even":
      return withGrid(configuration, spot, grid);
    case "percent":
      return withGrid(configuration, spot, {
        ...grid,
        layoutDimension: { ...before, type: "percentage", leftWidthPercentage: division.main },
      });
    case "fixed":
      return withGrid(configuration, spot, {
        ...grid,
        layoutDimension: {
          ...before,
          type: "fixed",
          fixedWidth: division.width,
          fixedLayout: division.layout,
        },
      });
  }
}
