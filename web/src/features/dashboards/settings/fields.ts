/** The fields of a widget's form, as data: where each is stored in the widget's `config`, and how it is edited. */
import { type Members, isMembers, members } from "../../../api/shapes";

export type Field = { path: string; label: string; description?: string } & (
  | { kind: "number"; otherwise?: number; least?: number; most?: number }
  | { kind: "text"; otherwise?: string; multiline?: number; mono?: boolean; json?: boolean }
  | { kind: "flag"; otherwise: boolean }
  /** With `list` the stored form is a list, empty for `otherwise`. */
  | { kind: "choice"; choices: readonly { id: string; label: string }[]; otherwise: string; list?: boolean }
  /** With `usual` as stored for the theme's. */
  | { kind: "colour"; usual?: string }
  /** In the dashboard, or on this server. */
  | { kind: "picture" }
  /** Texts at places of a picture. */
  | { kind: "labels" }
  /** Where a control's value comes from, and where it is sent. */
  | { kind: "get"; asks: "number" | "on" }
  | { kind: "set"; constant?: unknown }
  /** A state of the dashboard that a row or a button opens. */
  | { kind: "state"; source: string }
);

/** Reads `settings.minValue` of a config. */
export function valueAt(config: Members, path: string): unknown {
  return path.split(".").reduce<unknown>((at, part) => members(at)[part], config);
}

/** A config with another value at a path; undefined takes the member away. */
export function withValue(config: Members, path: string, value: unknown): Members {
  const [first = "", ...rest] = path.split(".");
  if (rest.length === 0) {
    if (value !== undefined) return { ...config, [first]: value };
    return Object.fromEntries(Object.entries(config).filter(([key]) => key !== first));
  }
  return { ...config, [first]: withValue(members(config[first]), rest.join("."), value) };
}

/** A control of the older form: methods and a way to begin, instead of actions. */
export function isOld(config: Members, field: Field): boolean {
  return (field.kind === "get" || field.kind === "set") && !isMembers(valueAt(config, field.path));
}

export const RETRIEVE = [
  { id: "rpc", label: "Ask the device" },
  { id: "attribute", label: "Attribute" },
  { id: "timeseries", label: "Time series" },
  { id: "none", label: "Nothing" },
] as const;

export const METHOD_FIELDS: readonly Field[] = [
  {
    kind: "number",
    path: "settings.requestTimeout",
    label: "Timeout (ms)",
    otherwise: 5_000,
    least: 0,
    description: "Less than 5000 counts as 5000.",
  },
  {
    kind: "flag",
    path: "settings.requestPersistent",
    label: "Persistent",
    otherwise: false,
    description: "The server stores the command until the device can have it.",
  },
];

/** The fields of controls of the older form. */
export const OLD_CONTROL: readonly Field[] = [
  {
    kind: "choice",
    path: "settings.retrieveValueMethod",
    label: "Begins at",
    choices: RETRIEVE,
    otherwise: "rpc",
  },
  { kind: "text", path: "settings.getValueMethod", label: "Method that asks", otherwise: "getValue" },
  { kind: "text", path: "settings.valueKey", label: "Attribute or time series", otherwise: "value" },
  { kind: "text", path: "settings.setValueMethod", label: "Method that sends", otherwise: "setValue" },
  ...METHOD_FIELDS,
];
