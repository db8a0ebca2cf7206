/**
 * Brings a stored dashboard of any age to the form of today, on opening. Only what is of an older form is
 * replaced; everything else, known or not, stays what it was, so that saving changes nothing else.
 */
import { type Members, isMembers, members, text } from "../../../api/shapes";
import { migratedAlias, migratedDeviceAlias } from "./migrateAliases";

const RENAMED: Record<string, string> = {
  "system.charts.timeseries": "system.charts.basic_timeseries",
};

export function migrated(raw: unknown): Members {
  const { deviceAliases, gridSettings, ...configuration } = members(raw);
  const aliases: Members = {};
  for (const [id, one] of Object.entries(members(deviceAliases))) aliases[id] = migratedDeviceAlias(id, one);
  for (const [id, one] of Object.entries(members(configuration.entityAliases)))
    aliases[id] = migratedAlias(one);
  const widgets = widgetsOf(configuration.widgets);
  return {
    ...configuration,
    widgets,
    entityAliases: aliases,
    states: isMembers(configuration.states)
      ? statesOf(configuration.states)
      : { default: firstState(widgets, gridSettings) },
    settings: settingsOf(configuration.settings),
  };
}

function settingsOf(raw: unknown): Members {
  const settings = members(raw);
  return settings.stateControllerId ? settings : { ...settings, stateControllerId: "entity" };
}

/** Widgets by id; the oldest exports have a list. */
function widgetsOf(raw: unknown): Members {
  const entries: [string, unknown][] = Array.isArray(raw)
    ? raw.map((one: unknown, index) => [text(members(one).id) || `widget-${index}`, one])
    : Object.entries(members(raw));
  return Object.fromEntries(entries.map(([id, one]) => [id, widgetOf(members(one))]));
}

function widgetOf(widget: Members): Members {
  const { isSystemType, bundleAlias, typeAlias, ...rest } = widget;
  const named = text(widget.typeFullFqn);
  const owner = isSystemType === false ? "tenant" : "system";
  const fqn = named || `${owner}.${text(bundleAlias)}.${text(typeAlias)}`;
  return {
    ...(named ? widget : rest),
    config: configOf(members(widget.config)),
    typeFullFqn: RENAMED[fqn] ?? fqn,
  };
}

function configOf(config: Members): Members {
  const out = { ...config };
  const [first] = Array.isArray(config.targetDeviceAliasIds)
    ? (config.targetDeviceAliasIds as unknown[])
    : [];
  if (typeof first === "string" && !isMembers(config.targetDevice)) {
    out.targetDevice = { type: "entity", entityAliasId: first };
    delete out.targetDeviceAliasIds;
  }
  if (Array.isArray(config.datasources)) out.datasources = config.datasources.map(sourceOf);
  if (isMembers(config.alarmSource)) out.alarmSource = sourceOf(config.alarmSource);
  return out;
}

function sourceOf(raw: unknown): unknown {
  if (!isMembers(raw) || typeof raw.deviceAliasId !== "string") return raw;
  const { deviceAliasId, ...source } = raw;
  return { ...source, type: "entity", entityAliasId: deviceAliasId };
}

function statesOf(states: Members): Members {
  return mapped(states, (state) => {
    const layouts = members(state).layouts;
    if (!isMembers(layouts)) return state;
    return { ...members(state), layouts: mapped(layouts, layoutOf) };
  });
}

function layoutOf(raw: unknown): unknown {
  return isMembers(raw) ? { ...raw, gridSettings: gridOf(raw.gridSettings) } : raw;
}

function gridOf(raw: unknown): Members {
  const { margins, ...grid } = members(raw);
  const [margin] = Array.isArray(margins) ? (margins as unknown[]) : [];
  return {
    ...grid,
    ...(typeof margin === "number" && grid.margin === undefined ? { margin } : {}),
    ...(grid.outerMargin === undefined ? { outerMargin: true } : {}),
    ...(grid.layoutType === undefined ? { layoutType: "default" } : {}),
  };
}

/** The one state of a dashboard that has none: every widget in its own place. */
function firstState(widgets: Members, gridSettings: unknown): Members {
  const places = mapped(widgets, (raw) => {
    const { sizeX, sizeY, row, col } = members(raw);
    return { sizeX, sizeY, row: row ?? 0, col: col ?? 0 };
  });
  return {
    name: "default",
    root: true,
    layouts: { main: { widgets: places, gridSettings: gridOf(gridSettings) } },
  };
}

function mapped(from: Members, change: (one: unknown) => unknown): Members {
  return Object.fromEntries(Object.entries(from).map(([id, one]) => [id, change(one)]));
}
