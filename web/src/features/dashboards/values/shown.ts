/** Values as widgets show them. */
import type { Latest } from "../../../live/values";
import { numeric } from "../../telemetry/requests";
import type { DataKey, Widget } from "../stored/model";

/** Text, with decimals and a unit where it is a number. */
export function shownValue(value: string | undefined, decimals: number | undefined, units: string): string {
  if (value === undefined || value === "") return "–";
  const read = Number(value);
  if (value.trim() === "" || !Number.isFinite(read)) return value;
  const shown =
    decimals === undefined ? plain(value, read) : read.toFixed(Math.min(Math.max(decimals, 0), 20));
  return units ? `${shown} ${units}` : shown;
}

/** A number as it came, but without the long tail that computing leaves behind. */
function plain(value: string, read: number): string {
  const tail = /\.(\d+)$/.exec(value)?.[1] ?? "";
  return tail.length > 6 ? String(Number(read.toFixed(4))) : value;
}

/** What a key's value looks like in a widget: the key's own format wins over the widget's. */
export function shownBy(widget: Widget, key: DataKey, latest: Latest | undefined): string {
  return shownValue(latest?.value, key.decimals ?? widget.decimals, key.units || widget.units);
}

/** A short number for an axis or a legend. */
export function shownNumber(value: number | undefined, decimals: number | undefined, units: string): string {
  if (value === undefined || !Number.isFinite(value)) return "–";
  const fine = decimals ?? (Math.abs(value) >= 100 ? 1 : 2);
  const text = decimals === undefined ? String(Number(value.toFixed(fine))) : value.toFixed(fine);
  return units ? `${text} ${units}` : text;
}

/** Where a value stands between two bounds, from 0 to 1; undefined when it is no number. */
export function partOf(value: string | undefined, least: number, most: number): number | undefined {
  const read = numeric(value);
  if (read === undefined || most <= least) return undefined;
  return Math.min(Math.max((read - least) / (most - least), 0), 1);
}

/** `${entityName} total` with the entity's name. */
export function filled(label: string, entity: { name: string; label: string } | undefined): string {
  return label
    .replaceAll("${entityName}", entity?.name ?? "")
    .replaceAll("${entityLabel}", entity?.label ?? "")
    .trim();
}
