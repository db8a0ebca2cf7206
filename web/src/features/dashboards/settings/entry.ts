/** What the catalogue knows of a type of widget. */
import type { Members } from "../../../api/shapes";
import type { Field } from "./fields";

export type WidgetKind = "rpc" | "latest" | "timeseries" | "alarm" | "static";

export interface CatalogueEntry {
  fqn: string;
  bundle: string;
  label: string;
  note: string;
  kind: WidgetKind;
  w: number;
  h: number;
  /** Whether unit and decimals of the whole widget mean something. */
  numbers: boolean;
  /** Only the first key is shown. */
  oneKey?: boolean;
  fields: readonly Field[];
  settings: Members;
}

export const BOUNDS: readonly Field[] = [
  { kind: "number", path: "settings.minValue", label: "Least value", otherwise: 0 },
  { kind: "number", path: "settings.maxValue", label: "Most value", otherwise: 100 },
];

export type Given = Omit<CatalogueEntry, "settings" | "fields" | "numbers" | "fqn"> & Partial<CatalogueEntry>;

/** An entry with what most have. */
export function entry(fqn: string, given: Given): CatalogueEntry {
  return {
    settings: {},
    fields: [],
    numbers: given.kind === "latest" || given.kind === "timeseries",
    ...given,
    fqn: `system.${fqn}`,
  };
}
