/** The widgets that can be added, and what the form of each has beside title, data and number format. */
import { CONTROL_ENTRIES, CONTROLS, GET_ON, SET_OFF, SET_ON } from "./controls";
import { CARDS, CHARTS, DISPLAY_ENTRIES, GAUGES, TABLES } from "./displays";
import type { CatalogueEntry } from "./entry";
import { type Field, METHOD_FIELDS, OLD_CONTROL } from "./fields";

export const BUNDLES = [CONTROLS, CHARTS, GAUGES, CARDS, TABLES];
export const CATALOGUE: readonly CatalogueEntry[] = [...CONTROL_ENTRIES, ...DISPLAY_ENTRIES];

/** What the form of a widget has that cannot be added newly, by the last part of its type. */
const ALIKE: Record<string, { as: string; fields?: readonly Field[] }> = {
  round_switch: { as: "single_switch", fields: OLD_CONTROL },
  switch_control: { as: "single_switch", fields: OLD_CONTROL },
  slide_toggle_control: { as: "single_switch", fields: OLD_CONTROL },
  toggle_button: {
    as: "single_switch",
    fields: [
      GET_ON,
      { ...SET_ON, path: "settings.checkState" },
      { ...SET_OFF, path: "settings.uncheckState" },
    ],
  },
  two_segment_button: {
    as: "single_switch",
    fields: [
      GET_ON,
      { ...SET_ON, path: "settings.rightButtonClick" },
      { ...SET_OFF, path: "settings.leftButtonClick" },
    ],
  },
  rpcbutton: {
    as: "command_button",
    fields: [
      { kind: "text", path: "settings.buttonText", label: "Words on the button", otherwise: "Send" },
      { kind: "text", path: "settings.methodName", label: "Method", otherwise: "rpcCommand" },
      {
        kind: "text",
        path: "settings.methodParams",
        label: "Parameters as JSON",
        otherwise: "{}",
        multiline: 3,
        mono: true,
        json: true,
      },
      { kind: "flag", path: "settings.oneWayElseTwoWay", label: "Expects no answer", otherwise: true },
      ...METHOD_FIELDS,
    ],
  },
  simple_card: { as: "value_card" },
  html_card: { as: "html_value_card" },
  timeseries_bars_flot: { as: "bar_chart" },
  basic_timeseries: { as: "time_series_chart" },
  line_chart: { as: "time_series_chart" },
};

/** The entry for a stored widget; one of a kind that is not known has only title and data. */
export function entryOf(fqn: string, type: string, kind: unknown): CatalogueEntry {
  const alike = Object.hasOwn(ALIKE, type) ? ALIKE[type] : undefined;
  const wanted = alike?.as ?? type;
  const exact = CATALOGUE.find((one) => one.fqn.split(".").at(-1) === wanted);
  const gauge = fqn.includes("gauges.")
    ? CATALOGUE.find((one) => one.fqn.endsWith(".gauge_justgage"))
    : undefined;
  const found = exact ?? gauge;
  if (found) return { ...found, fqn, fields: alike?.fields ?? found.fields };
  const kinds = ["rpc", "latest", "timeseries", "alarm"] as const;
  return {
    fqn,
    bundle: "",
    label: type,
    note: "",
    kind: kinds.find((one) => one === kind) ?? "static",
    w: 6,
    h: 4,
    numbers: true,
    fields: [],
    settings: {},
  };
}
