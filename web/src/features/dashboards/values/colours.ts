/** Colours of newer widgets: one, one for each range of values, or what a function says of the value. */
import { isMembers, members, text } from "../../../api/shapes";
import { argumentOf, functionOf } from "../functions/kinds";
import { type Placed, useCalls, valueOf } from "../functions/useCalls";
import { numeric } from "../../telemetry/requests";
import { colour } from "../widgets/gauges/level";

/** The colour of a setting for a value; undefined for the page's own. */
export function colourOf(raw: unknown, value: string | undefined): string | undefined {
  if (typeof raw === "string") return known(raw);
  const setting = members(raw);
  const plain = known(text(setting.color));
  if (setting.type !== "range") return plain;
  const now = numeric(value);
  if (now === undefined) return plain;
  const list = Array.isArray(setting.rangeList) ? setting.rangeList : members(setting.rangeList).range;
  const fitting = (Array.isArray(list) ? list : [])
    .map(members)
    .find(({ from, to }) => now >= (bound(from) ?? -Infinity) && now < (bound(to) ?? Infinity));
  return fitting ? (known(text(fitting.color)) ?? plain) : plain;
}

function bound(raw: unknown): number | undefined {
  return raw === null || raw === "" ? undefined : numeric(raw);
}

function known(raw: string): string | undefined {
  return colour(raw) || /^[a-z]{3,20}$/i.test(raw.trim()) ? raw.trim() : undefined;
}

/** The colours of several settings for a value, by their names. */
export function useColours(
  settings: Record<string, unknown>,
  value: string | undefined,
): Record<string, string | undefined> {
  const calls = Object.entries(settings).flatMap(([slot, raw]): Placed[] => {
    if (!isMembers(raw) || raw.type !== "function" || value === undefined) return [];
    const fn = functionOf("colorFunction", raw.colorFunction, slot);
    return fn ? [{ slot, fn, args: [argumentOf(value)] }] : [];
  });
  const results = useCalls(calls);
  return Object.fromEntries(
    Object.entries(settings).map(([name, raw]) => [
      name,
      known(text(valueOf(results, name))) ?? colourOf(raw, value),
    ]),
  );
}
