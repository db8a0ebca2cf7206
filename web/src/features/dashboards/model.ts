/**
 * A dashboard as it is shown. What is read here is one clean form; what was stored stays whole beside it,
 * so that a save changes only what was edited.
 */
import { type Members, flag, isMembers, members, number, text } from "../../api/shapes";

export interface Widget {
  id: string;
  /** `system.control_widgets.knob_control` */
  fqn: string;
  title: string;
  showTitle: boolean;
  units: string;
  decimals: number | undefined;
  sources: Source[];
  /** Alias of the device that a control talks to. */
  target: string | undefined;
  timewindow: Timewindow | undefined;
  settings: Members;
}

export interface Source {
  alias: string;
  keys: DataKey[];
}

export interface DataKey {
  name: string;
  kind: "timeseries" | "attribute" | "entityField" | "other";
  label: string;
  color: string;
  units: string;
  decimals: number | undefined;
}

export interface Place {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Timewindow {
  /** Length of the moving window. */
  ms: number;
}

export interface Alias {
  id: string;
  name: string;
  filter: Members;
  many: boolean;
}

export interface DashboardView {
  widgets: Widget[];
  places: ReadonlyMap<string, Place>;
  aliases: ReadonlyMap<string, Alias>;
  timewindow: Timewindow;
  columns: number;
}

const MINUTE = 60_000;

export function readDashboard(configuration: Members): DashboardView {
  const { widgets, places, columns } = readLayout(configuration);
  const aliases = new Map(
    Object.entries(members(configuration.entityAliases)).map(([id, raw]): [string, Alias] => {
      const filter = members(members(raw).filter);
      return [id, { id, name: text(members(raw).alias), filter, many: flag(filter.resolveMultiple, false) }];
    }),
  );
  return {
    widgets,
    places,
    aliases,
    columns,
    timewindow: readTimewindow(configuration.timewindow) ?? { ms: MINUTE },
  };
}

function readLayout(configuration: Members) {
  const layout = mainLayout(configuration);
  const placed = members(layout.widgets);
  const widgets: Widget[] = [];
  const places = new Map<string, Place>();
  for (const [id, raw] of Object.entries(members(configuration.widgets))) {
    const place = placed[id];
    if (!isMembers(place)) continue;
    widgets.push(readWidget(id, members(raw)));
    places.set(id, {
      x: number(place.col, 0),
      y: number(place.row, 0),
      w: number(place.sizeX, number(members(raw).sizeX, 8)),
      h: number(place.sizeY, number(members(raw).sizeY, 5)),
    });
  }
  return { widgets, places, columns: number(members(layout.gridSettings).columns, 24) };
}

/** The main layout of the state that shows first. */
export function mainLayout(configuration: Members): Members {
  const states = Object.values(members(configuration.states)).map(members);
  const root = states.find((one) => one.root === true) ?? states[0];
  return members(members(members(root).layouts).main);
}

function readWidget(id: string, raw: Members): Widget {
  const config = members(raw.config);
  const settings = members(config.settings);
  return {
    id,
    fqn: text(raw.typeFullFqn),
    title: text(config.title) || text(settings.title),
    showTitle: flag(config.showTitle, true),
    units: text(config.units),
    decimals: typeof config.decimals === "number" ? config.decimals : undefined,
    sources: (Array.isArray(config.datasources) ? config.datasources : []).map(readSource),
    target: text(members(config.targetDevice).entityAliasId) || undefined,
    timewindow: config.useDashboardTimewindow === false ? readTimewindow(config.timewindow) : undefined,
    settings,
  };
}

function readSource(raw: unknown): Source {
  const source = members(raw);
  const keys = Array.isArray(source.dataKeys) ? source.dataKeys : [];
  return { alias: text(source.entityAliasId), keys: keys.map(readKey) };
}

function readKey(raw: unknown): DataKey {
  const key = members(raw);
  const name = text(key.name);
  return {
    name,
    kind:
      key.type === "timeseries" || key.type === "attribute" || key.type === "entityField"
        ? key.type
        : "other",
    label: text(key.label) || name,
    color: text(key.color),
    units: text(key.units),
    decimals: typeof key.decimals === "number" ? key.decimals : undefined,
  };
}

function readTimewindow(raw: unknown): Timewindow | undefined {
  if (!isMembers(raw)) return undefined;
  const realtime = members(raw.realtime);
  const history = members(raw.history);
  const ms = raw.selectedTab === 1 ? number(history.timewindowMs, 0) : number(realtime.timewindowMs, 0);
  return { ms: ms > 0 ? ms : MINUTE };
}

/** A value as a widget shows it. */
export function shownValue(value: string | undefined, decimals: number | undefined, units: string): string {
  if (value === undefined || value === "") return "–";
  const read = Number(value);
  const shown =
    decimals !== undefined && Number.isFinite(read) && value.trim() !== "" ? read.toFixed(decimals) : value;
  return units ? `${shown} ${units}` : shown;
}
