/** Changes of a stored dashboard; each gives a new one, and everything unknown stays. */
import { type Members, isMembers, members } from "../../../api/shapes";
import { type Timewindow, writeTimewindow } from "../timewindow/timewindow";
import type { Breakpoint } from "./look";
import type { Layout, Place } from "./model";
import { newId } from "./newId";

/** Where in a dashboard: a layout of a state, for one width or for all that have none of their own. */
export interface Spot {
  state: string;
  layout: Layout["name"];
  breakpoint?: Breakpoint;
}

type Step = (from: Members) => Members;

export function inState(configuration: Members, id: string, step: Step): Members {
  const states = members(configuration.states);
  return { ...configuration, states: { ...states, [id]: step(members(states[id])) } };
}

/** Changes a layout. */
export function inLayout(configuration: Members, { state, layout, breakpoint }: Spot, step: Step): Members {
  return inState(configuration, state, (before) => {
    const layouts = members(before.layouts);
    const one = members(layouts[layout]);
    const points = members(one.breakpoints);
    const next = breakpoint
      ? { ...one, breakpoints: { ...points, [breakpoint]: step(members(points[breakpoint])) } }
      : step(one);
    return { ...before, layouts: { ...layouts, [layout]: next } };
  });
}

/** Changes the places of the widgets of a layout. */
function inPlaces(configuration: Members, spot: Spot, step: Step): Members {
  return inLayout(configuration, spot, (one) => ({ ...one, widgets: step(members(one.widgets)) }));
}

/** A layout and those of single widths beside it. */
function allPlaces(layout: Members): Members[] {
  return [layout, ...Object.values(members(layout.breakpoints)).map(members)].map((one) =>
    members(one.widgets),
  );
}

function layoutOf(configuration: Members, { state, layout }: Spot): Members {
  return members(members(members(members(configuration.states)[state]).layouts)[layout]);
}

/** The widths a layout has layouts for: all, and single ones. */
function pointsOf(configuration: Members, spot: Spot): (Breakpoint | undefined)[] {
  const own = Object.keys(members(layoutOf(configuration, spot).breakpoints)) as Breakpoint[];
  return [undefined, ...own];
}

function without(from: unknown, id: string): Members {
  return Object.fromEntries(Object.entries(members(from)).filter(([key]) => key !== id));
}

export function withPlace(configuration: Members, spot: Spot, id: string, place: Place): Members {
  const { x, y, w, h } = place;
  return inPlaces(configuration, spot, (places) => ({
    ...places,
    [id]: { ...members(places[id]), col: x, row: y, sizeX: w, sizeY: h },
  }));
}

/** Takes a widget out of a layout, for every width, and out of the dashboard when no other state shows it. */
export function withoutWidget(configuration: Members, spot: Spot, id: string): Members {
  const left = pointsOf(configuration, spot).reduce<Members>(
    (before, breakpoint) => inPlaces(before, { ...spot, breakpoint }, (places) => without(places, id)),
    configuration,
  );
  const shown = Object.values(members(left.states)).some((state) =>
    Object.values(members(members(state).layouts)).some((layout) =>
      allPlaces(members(layout)).some((places) => places[id] !== undefined),
    ),
  );
  return shown ? left : { ...left, widgets: without(left.widgets, id) };
}

/** Adds a widget under all others of the layout, for every width. */
export function withWidget(configuration: Members, spot: Spot, widget: Members, id = newId()): Members {
  const added = {
    ...configuration,
    widgets: { ...members(configuration.widgets), [id]: { ...widget, id } },
  };
  // Whoever looks, on whatever screen, finds it.
  return pointsOf(configuration, spot).reduce<Members>(
    (before, breakpoint) => placedUnder(before, { ...spot, breakpoint }, id, widget),
    added,
  );
}

/** Gives a widget a place under all others. */
function placedUnder(configuration: Members, spot: Spot, id: string, size: Members): Members {
  return inPlaces(configuration, spot, (places) => {
    const under = Object.values(places).reduce((most: number, one) => {
      const { row, sizeY } = members(one);
      return Math.max(most, Number(row ?? 0) + Number(sizeY ?? 0));
    }, 0);
    const { sizeX, sizeY } = size;
    return { ...places, [id]: { col: 0, row: under, sizeX, sizeY } };
  });
}

export function withConfig(configuration: Members, id: string, config: Members): Members {
  const widgets = members(configuration.widgets);
  const widget = members(widgets[id]);
  return { ...configuration, widgets: { ...widgets, [id]: { ...widget, config } } };
}

export function withAlias(configuration: Members, id: string, alias: string, filter: Members): Members {
  const aliases = members(configuration.entityAliases);
  return {
    ...configuration,
    entityAliases: { ...aliases, [id]: { ...members(aliases[id]), id, alias, filter } },
  };
}

export function withoutAlias(configuration: Members, id: string): Members {
  return { ...configuration, entityAliases: without(configuration.entityAliases, id) };
}

/** The titles of the widgets that use an alias. */
export function usersOf(configuration: Members, alias: string): string[] {
  const wanted = JSON.stringify(alias);
  return Object.values(members(configuration.widgets)).flatMap((raw) => {
    const config = members(members(raw).config);
    const about = JSON.stringify([config.datasources, config.targetDevice, config.alarmSource]);
    return about.includes(`"entityAliasId":${wanted}`) ? [String(config.title ?? "a widget")] : [];
  });
}

export function withFilter(configuration: Members, id: string, filter: Members): Members {
  return { ...configuration, filters: { ...members(configuration.filters), [id]: { ...filter, id } } };
}

export function withoutFilter(configuration: Members, id: string): Members {
  return { ...configuration, filters: without(configuration.filters, id) };
}

/** The titles of the widgets that use a filter. */
export function filterUsersOf(configuration: Members, filter: string): string[] {
  return Object.values(members(configuration.widgets)).flatMap((raw) => {
    const config = members(members(raw).config);
    const sources = Array.isArray(config.datasources) ? (config.datasources as unknown[]) : [];
    const uses = [...sources, config.alarmSource].some((one) => members(one).filterId === filter);
    return uses ? [String(config.title ?? "a widget")] : [];
  });
}

/** What is stored of a widget's place. */
export function placeAt(configuration: Members, spot: Spot, id: string): Members {
  const layout = layoutOf(configuration, spot);
  const own = spot.breakpoint ? members(members(layout.breakpoints)[spot.breakpoint]) : layout;
  return members(members(own.widgets)[id]);
}

export function withPlaceStored(configuration: Members, spot: Spot, id: string, place: Members): Members {
  return inPlaces(configuration, spot, (places) => ({ ...places, [id]: place }));
}

export function withTimewindow(configuration: Members, window: Timewindow): Members {
  return { ...configuration, timewindow: writeTimewindow(configuration.timewindow, window) };
}

const EMPTY_LAYOUT = {
  main: {
    widgets: {},
    gridSettings: { columns: 24, margin: 10, outerMargin: true, layoutType: "default" },
  },
};

export function withState(configuration: Members, id: string, name: string): Members {
  return inState(configuration, id, (before) => ({
    root: false,
    layouts: EMPTY_LAYOUT,
    ...before,
    name,
  }));
}

/** The state that shows first; no other is. */
export function withRoot(configuration: Members, id: string): Members {
  const states = Object.entries(members(configuration.states)).map(([key, raw]): [string, unknown] => [
    key,
    isMembers(raw) ? { ...raw, root: key === id } : raw,
  ]);
  return { ...configuration, states: Object.fromEntries(states) };
}

/** Takes a state away, with the widgets that no other state shows. */
export function withoutState(configuration: Members, id: string): Members {
  const state = members(members(configuration.states)[id]);
  let rest = configuration;
  for (const [layout, raw] of Object.entries(members(state.layouts))) {
    if (layout !== "main" && layout !== "right") continue;
    const widgets = new Set(allPlaces(members(raw)).flatMap((places) => Object.keys(places)));
    for (const widget of widgets) rest = withoutWidget(rest, { state: id, layout }, widget);
  }
  return { ...rest, states: without(rest.states, id) };
}

/** A name for a state as its id: letters, digits and underscores, not taken yet. */
export function stateIdOf(name: string, taken: readonly string[]): string {
  const plain =
    name
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "_")
      .replace(/^_+|_+$/g, "") || "state";
  let id = plain;
  for (let n = 2; taken.includes(id); n += 1) id = `${plain}_${n}`;
  return id;
}
