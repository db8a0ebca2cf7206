/** Changes of a stored dashboard; each gives a new one, and everything unknown stays. */
import { type Members, isMembers, members } from "../../api/shapes";
import { type Place, readDashboard } from "./model";

/** A widget to add, with the device it is about. */
export interface NewWidget {
  fqn: string;
  type: "rpc" | "latest" | "timeseries";
  title: string;
  device: { id: string; name: string };
  key: string;
  units: string;
  decimals: number;
  least: number;
  most: number;
  w: number;
  h: number;
}

type Step = (main: Members) => Members;

/** Changes the main layout of the state that shows first. */
function inMain(configuration: Members, step: Step): Members {
  const states = members(configuration.states);
  const id =
    Object.keys(states).find((one) => members(states[one]).root === true) ??
    Object.keys(states)[0] ??
    "default";
  const state = members(states[id]);
  const layouts = members(state.layouts);
  return {
    ...configuration,
    states: { ...states, [id]: { ...state, layouts: { ...layouts, main: step(members(layouts.main)) } } },
  };
}

function placing(configuration: Members, id: string, place: Place): Members {
  return inMain(configuration, (main) => {
    const widgets = members(main.widgets);
    const placed = { ...members(widgets[id]), col: place.x, row: place.y, sizeX: place.w, sizeY: place.h };
    return { ...main, widgets: { ...widgets, [id]: placed } };
  });
}

export function withPlace(configuration: Members, id: string, place: Place): Members {
  return placing(configuration, id, place);
}

export function withoutWidget(configuration: Members, id: string): Members {
  const without = (from: unknown) =>
    Object.fromEntries(Object.entries(members(from)).filter(([key]) => key !== id));
  const rest = { ...configuration, widgets: without(configuration.widgets) };
  return inMain(rest, (main) => ({ ...main, widgets: without(main.widgets) }));
}

/** Adds a widget under all others, and an alias for its device when there is none. */
export function withWidget(
  configuration: Members,
  widget: NewWidget,
  newId: () => string = () => crypto.randomUUID(),
): Members {
  const aliases = members(configuration.entityAliases);
  const known = Object.keys(aliases).find((one) => {
    const single = members(members(members(aliases[one]).filter).singleEntity);
    return single.id === widget.device.id;
  });
  const aliasId = known ?? newId();
  const alias = {
    id: aliasId,
    alias: widget.device.name,
    filter: {
      type: "singleEntity",
      resolveMultiple: false,
      singleEntity: { entityType: "DEVICE", id: widget.device.id },
    },
  };
  const id = newId();
  const about =
    widget.type === "rpc"
      ? { targetDevice: { type: "entity", entityAliasId: aliasId } }
      : {
          datasources: [
            {
              type: "entity",
              entityAliasId: aliasId,
              dataKeys: [{ name: widget.key, type: "timeseries", label: widget.key }],
            },
          ],
        };
  const config = {
    title: widget.title,
    showTitle: widget.type !== "rpc",
    units: widget.units,
    decimals: widget.decimals,
    useDashboardTimewindow: true,
    ...about,
    settings: {
      title: widget.title,
      minValue: widget.least,
      maxValue: widget.most,
      ...(widget.type === "rpc" ? control(widget) : {}),
    },
  };
  const stored = { id, typeFullFqn: widget.fqn, type: widget.type, sizeX: widget.w, sizeY: widget.h, config };
  const under = [...readDashboard(configuration).places.values()].reduce(
    (most, one) => Math.max(most, one.y + one.h),
    0,
  );
  const added = {
    ...configuration,
    entityAliases: known ? aliases : { ...aliases, [aliasId]: alias },
    widgets: { ...(isMembers(configuration.widgets) ? configuration.widgets : {}), [id]: stored },
  };
  return placing(added, id, { x: 0, y: under, w: widget.w, h: widget.h });
}

/** What a new control does: it begins at the key's latest value and sends `setValue`. */
function control(widget: NewWidget): Members {
  return {
    initialState: {
      action: "GET_TIME_SERIES",
      defaultValue: widget.least,
      getTimeSeries: { key: widget.key },
    },
    valueChange: {
      action: "EXECUTE_RPC",
      executeRpc: { method: "setValue", requestTimeout: 5000 },
      valueToData: { type: "VALUE" },
    },
  };
}
