/**
 * A dashboard as it is shown. What is read here is one clean form; what was stored stays whole beside it,
 * so that a save changes only what was edited.
 */
import { type Members, flag, isMembers, members, number, text } from "../../../api/shapes";
import { type Fn, functionOf } from "../functions/kinds";
import {
  BREAKPOINTS,
  type BoardLook,
  type Breakpoint,
  type Division,
  type GridLook,
  layoutAt,
  readBoardLook,
  readDivision,
  readGrid,
} from "./look";
import { type Timewindow, MINUTE, readTimewindow } from "../timewindow/timewindow";

export interface Widget {
  id: string;
  /** `system.control_widgets.knob_control` */
  fqn: string;
  /** The last part of the type's name: `knob_control`. */
  type: string;
  /** Its name, for those who do not see the widget. */
  title: string;
  /** What stands above it; empty for none. */
  heading: string;
  units: string;
  decimals: number | undefined;
  sources: Source[];
  /** Where an alarm table looks. */
  alarms: Source | undefined;
  /** Alias, or id, of the device that a control talks to. */
  target: Target | undefined;
  timewindow: Timewindow | undefined;
  pageSize: number | undefined;
  actions: Action[];
  settings: Members;
  /** The whole as stored, for what only some widgets read. */
  config: Members;
}

export type Target = { alias: string } | { device: string };

export interface Source {
  alias: string;
  /** A single device named without an alias. */
  device: string | undefined;
  /** Demonstration data, made by functions. */
  made: boolean;
  /** What a source that no entity stands behind is called. */
  name: string;
  /** How many there are, instead of what they are. */
  counts: "entities" | "alarms" | undefined;
  /** Conditions on the entities' values, by the id of a filter. */
  filter: string;
  keys: DataKey[];
  /** Keys of which a chart or table of times shows only the latest value. */
  latest: DataKey[];
}

export type KeyKind = "timeseries" | "attribute" | "entityField" | "alarm" | "other";

export interface DataKey {
  name: string;
  kind: KeyKind;
  label: string;
  color: string;
  units: string;
  decimals: number | undefined;
  settings: Members;
  /** Turns each value into another. */
  post: Fn | undefined;
  /** Makes values out of nothing. */
  make: Fn | undefined;
}

/** What happens when somebody presses something of a widget. */
export interface Action {
  source: string;
  name: string;
  type: string;
  state: string;
  dashboard: string;
  /** Whether the row's entity becomes the state's entity, and under which name. */
  setsEntity: boolean;
  parameter: string;
}

export interface Place {
  x: number;
  y: number;
  w: number;
  h: number;
  /** Where it stands and how tall it is on narrow screens. */
  mobile?: { order: number | undefined; rows: number | undefined; hidden: boolean };
  wideHidden?: boolean;
  /** Whether it may be sized, and only with its proportions. */
  fixedSize?: boolean;
  proportional?: boolean;
}

export interface Alias {
  id: string;
  name: string;
  filter: Members;
  many: boolean;
}

export interface Layout {
  name: "main" | "right";
  widgets: Widget[];
  places: ReadonlyMap<string, Place>;
  look: GridLook;
  /** The width this layout is for; undefined for the one of all widths that have none of their own. */
  breakpoint: Breakpoint | undefined;
}

export interface State {
  id: string;
  name: string;
  root: boolean;
}

export interface DashboardView {
  state: State | undefined;
  states: State[];
  layouts: Layout[];
  /** The widths that have layouts of their own in this state. */
  breakpoints: Breakpoint[];
  division: Division;
  look: BoardLook;
  aliases: ReadonlyMap<string, Alias>;
  /** Stored filters by id. */
  filters: Members;
  timewindow: Timewindow;
}

/** A dashboard in one of its states, in the layouts for a width. */
export function readDashboard(configuration: Members, wanted?: string, screen?: Breakpoint): DashboardView {
  const states = readStates(configuration);
  const state = states.find((one) => one.id === wanted) ?? states.find((one) => one.root) ?? states[0];
  const layouts = members(members(members(configuration.states)[state?.id ?? ""]).layouts);
  const names = (["main", "right"] as const).filter((name) => name === "main" || isMembers(layouts[name]));
  const aliases = new Map(
    Object.entries(members(configuration.entityAliases)).map(([id, raw]): [string, Alias] => {
      const filter = members(members(raw).filter);
      return [id, { id, name: text(members(raw).alias), filter, many: flag(filter.resolveMultiple, false) }];
    }),
  );
  return {
    state,
    states,
    layouts: names.map((name) => readLayout(configuration, name, layoutAt(members(layouts[name]), screen))),
    breakpoints: BREAKPOINTS.map((one) => one.id).filter((id) =>
      names.some((name) => isMembers(members(members(layouts[name]).breakpoints)[id])),
    ),
    division: readDivision(members(layouts.main).gridSettings),
    look: readBoardLook(configuration.settings),
    aliases,
    filters: members(configuration.filters),
    timewindow: readTimewindow(configuration.timewindow) ?? DEFAULT_WINDOW,
  };
}

const DEFAULT_WINDOW: Timewindow = {
  range: { kind: "last", ms: MINUTE },
  live: true,
  interval: undefined,
  aggregation: "AVG",
};

export function readStates(configuration: Members): State[] {
  return Object.entries(members(configuration.states)).map(([id, raw]) => {
    const state = members(raw);
    return { id, name: text(state.name) || id, root: state.root === true };
  });
}

function readLayout(
  configuration: Members,
  name: Layout["name"],
  [layout, breakpoint]: [Members, Breakpoint | undefined],
): Layout {
  const widgets: Widget[] = [];
  const places = new Map<string, Place>();
  const stored = members(configuration.widgets);
  for (const [id, raw] of Object.entries(members(layout.widgets))) {
    const widget = stored[id];
    if (!isMembers(widget) || !isMembers(raw)) continue;
    widgets.push(knownWidget(id, widget));
    places.set(id, readPlace(raw, widget));
  }
  return { name, widgets, places, look: readGrid(layout.gridSettings), breakpoint };
}

function readPlace(raw: Members, widget: Members): Place {
  const order = typeof raw.mobileOrder === "number" ? raw.mobileOrder : undefined;
  const rows = typeof raw.mobileHeight === "number" ? raw.mobileHeight : undefined;
  return {
    x: number(raw.col, 0),
    y: number(raw.row, 0),
    w: Math.max(number(raw.sizeX, number(widget.sizeX, 8)), 0.5),
    h: Math.max(number(raw.sizeY, number(widget.sizeY, 5)), 0.5),
    mobile: { order, rows, hidden: raw.mobileHide === true },
    wideHidden: raw.desktopHide === true,
    fixedSize: raw.resizable === false,
    proportional: raw.preserveAspectRatio === true,
  };
}

/** What was read of stored widgets: one that did not change stays the same, and is not drawn again. */
const known = new WeakMap<Members, Widget>();

function knownWidget(id: string, raw: Members): Widget {
  const before = known.get(raw);
  if (before?.id === id) return before;
  const widget = readWidget(id, raw);
  known.set(raw, widget);
  return widget;
}

export function readWidget(id: string, raw: Members): Widget {
  const config = members(raw.config);
  const settings = members(config.settings);
  const fqn = text(raw.typeFullFqn);
  return {
    id,
    fqn,
    type: fqn.split(".").at(-1) ?? "",
    ...titlesOf(raw, config, settings),
    units: unitsOf(config.units),
    decimals: typeof config.decimals === "number" ? config.decimals : undefined,
    sources: (Array.isArray(config.datasources) ? config.datasources : []).map(readSource),
    alarms: isMembers(config.alarmSource) ? readSource(config.alarmSource) : undefined,
    target: readTarget(members(config.targetDevice)),
    timewindow: config.useDashboardTimewindow === false ? readTimewindow(config.timewindow) : undefined,
    pageSize: typeof config.pageSize === "number" ? config.pageSize : undefined,
    actions: readActions(members(config.actions)),
    settings,
    config,
  };
}

/** Controls have a title of their own, which shows when the widget's is switched off. */
function titlesOf(raw: Members, config: Members, settings: Members): Pick<Widget, "title" | "heading"> {
  const outer = translated(text(config.title));
  const own = text(settings.title) || (settings.showLabel === false ? "" : text(settings.label));
  const control = raw.type === "rpc" || isMembers(config.targetDevice);
  const heading = flag(config.showTitle, true) ? outer || own : control ? own : "";
  return { heading, title: heading || outer || own };
}

function readTarget(target: Members): Target | undefined {
  if (text(target.entityAliasId)) return { alias: text(target.entityAliasId) };
  if (text(target.deviceId)) return { device: text(target.deviceId) };
  return undefined;
}

export function readSource(raw: unknown): Source {
  const source = members(raw);
  const keys = Array.isArray(source.dataKeys) ? source.dataKeys : [];
  const latest = Array.isArray(source.latestDataKeys) ? source.latestDataKeys : [];
  return {
    alias: text(source.entityAliasId),
    device: source.type === "device" && text(source.deviceId) ? text(source.deviceId) : undefined,
    made: source.type === "function",
    name: text(source.name),
    counts: source.type === "entityCount" ? "entities" : source.type === "alarmCount" ? "alarms" : undefined,
    filter: text(source.filterId),
    keys: keys.map(readKey),
    latest: latest.map(readKey),
  };
}

const KINDS: readonly KeyKind[] = ["timeseries", "attribute", "entityField", "alarm"];

export function readKey(raw: unknown): DataKey {
  const key = members(raw);
  const name = text(key.name);
  return {
    name,
    kind: KINDS.find((one) => one === key.type) ?? "other",
    label: translated(text(key.label)) || name,
    color: text(key.color),
    units: unitsOf(key.units),
    decimals: typeof key.decimals === "number" ? key.decimals : undefined,
    settings: members(key.settings),
    post: key.usePostProcessing === true ? functionOf("postFuncBody", key.postFuncBody, name) : undefined,
    make: key.type === "function" ? functionOf("funcBody", key.funcBody, name) : undefined,
  };
}

/** Texts of the reference platform's own dashboards name a translation: `{i18n:api-usage.queue-stats}`. */
function translated(raw: string): string {
  return raw.replace(/\{i18n:(?:[^}]*\.)?([^}.]*)\}/g, (_, name: string) => {
    const words = name.replaceAll("-", " ");
    return words.charAt(0).toUpperCase() + words.slice(1);
  });
}

/** A unit is a text, or (newer) one to convert from and to; nothing is converted here. */
function unitsOf(raw: unknown): string {
  return text(raw) || text(members(raw).from);
}

function readActions(raw: Members): Action[] {
  return Object.entries(raw).flatMap(([source, list]) =>
    (Array.isArray(list) ? list : []).map((one: unknown) => readAction(source, members(one))),
  );
}

export function readAction(source: string, action: Members): Action {
  return {
    source,
    name: text(action.name),
    type: text(action.type),
    state: text(action.targetDashboardStateId),
    dashboard: text(action.targetDashboardId),
    setsEntity: flag(action.setEntityId, true),
    parameter: text(action.stateEntityParamName),
  };
}
