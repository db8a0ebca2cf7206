/** Brings dashboards of older versions to the form of today. What is unknown stays as it is. */
import { type Members, isMembers, members, text } from "../../api/shapes";

const RENAMED: Record<string, string> = {
  "system.charts.timeseries": "system.charts.basic_timeseries",
};

export function migrated(raw: unknown): Members {
  const configuration = { ...members(raw) };
  configuration.widgets = widgetsOf(configuration.widgets);
  configuration.entityAliases = aliasesOf(configuration);
  delete configuration.deviceAliases;
  if (!isMembers(configuration.states)) {
    configuration.states = {
      default: { name: "default", root: true, layouts: { main: { widgets: {}, gridSettings: {} } } },
    };
    placeAll(configuration);
  }
  return configuration;
}

/** Widgets by id; the oldest exports have a list. */
function widgetsOf(raw: unknown): Members {
  const entries: [string, unknown][] = Array.isArray(raw)
    ? raw.map((one: unknown, index) => [text(members(one).id) || `widget-${index}`, one])
    : Object.entries(members(raw));
  return Object.fromEntries(entries.map(([id, one]) => [id, widgetOf(members(one))]));
}

function widgetOf(widget: Members): Members {
  const out = { ...widget, config: configOf(members(widget.config)) };
  const bundle = text(widget.bundleAlias);
  const named = text(widget.typeFullFqn);
  const fqn =
    named || `${widget.isSystemType === false ? "tenant" : "system"}.${bundle}.${text(widget.typeAlias)}`;
  return { ...out, typeFullFqn: RENAMED[fqn] ?? fqn };
}

function configOf(config: Members): Members {
  const old = config.targetDeviceAliasIds;
  const first: unknown = Array.isArray(old) ? old[0] : undefined;
  if (typeof first !== "string" || isMembers(config.targetDevice)) return config;
  const { targetDeviceAliasIds, ...rest } = config;
  void targetDeviceAliasIds;
  return { ...rest, targetDevice: { type: "entity", entityAliasId: first } };
}

function aliasesOf(configuration: Members): Members {
  const aliases: Members = {};
  for (const [id, raw] of Object.entries(members(configuration.deviceAliases))) {
    const alias = members(raw);
    const list = Array.isArray(alias.deviceId) ? alias.deviceId : [alias.deviceId].filter(Boolean);
    const filter = {
      type: "entityList",
      entityType: "DEVICE",
      entityList: list,
      resolveMultiple: list.length > 1,
    };
    aliases[id] = { id, alias: alias.alias, filter };
  }
  for (const [id, raw] of Object.entries(members(configuration.entityAliases))) {
    const alias = members(raw);
    const filter = members(alias.filter);
    const types =
      typeof filter.deviceType === "string" && !filter.deviceTypes
        ? { deviceTypes: [filter.deviceType] }
        : {};
    aliases[id] = { ...alias, filter: { ...filter, ...types } };
  }
  return aliases;
}

/** Gives every widget its own place in the one state. */
function placeAll(configuration: Members): void {
  const states = members(configuration.states);
  const main = members(members(members(states.default).layouts).main);
  const places = members(main.widgets);
  for (const [id, raw] of Object.entries(members(configuration.widgets))) {
    const { sizeX, sizeY, row, col } = members(raw);
    places[id] = { sizeX, sizeY, row: row ?? 0, col: col ?? 0 };
  }
}
