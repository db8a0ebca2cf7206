import { useMemo } from "react";
import { useBoard } from "../../board";
import { type Source, type Widget, readSource } from "../../stored/model";
import { slotOf } from "../../values/ask";
import { type Found, useSources } from "../../values/useSources";
import { numeric } from "../../../telemetry/requests";
import { type AxisLook, type ThresholdLook, thresholdsOf } from "./looks";

/** A line across the chart at a value that is known. */
export interface Threshold {
  at: number;
  axis: number;
  look: ThresholdLook;
}

/** The thresholds of a chart at the values they have now. */
export function useThresholds(
  widget: Widget,
  found: readonly Found[],
  axes: readonly AxisLook[],
): Threshold[] {
  const { aliases } = useBoard();
  const looks = useMemo(
    () =>
      thresholdsOf(
        widget,
        widget.sources.flatMap((one) => one.keys),
      ),
    [widget],
  );
  // Each that another entity has is a source of its own.
  const others = useMemo(
    () =>
      looks.map(({ value }): Source => {
        const alias =
          value.kind === "entity" ? [...aliases].find(([, one]) => one.name === value.alias) : undefined;
        const keys = value.kind === "entity" ? [value.key] : [];
        return readSource({ type: "entity", entityAliasId: alias?.[0] ?? "", dataKeys: keys });
      }),
    [looks, aliases],
  );
  const asked = useMemo(() => others.filter((one) => one.alias !== ""), [others]);
  const answers = useSources(asked);
  const known = looks.flatMap((look, index): Threshold[] => {
    const axis = Math.max(
      axes.findIndex((one) => one.id === look.axis),
      0,
    );
    const source = others[index];
    const said =
      look.value.kind === "fixed"
        ? look.value.at
        : look.value.kind === "latest"
          ? numeric(latestOf(widget, found, look.value.key))
          : source && numeric(firstOf(source, answers[asked.indexOf(source)]));
    return said === undefined ? [] : [{ at: said, axis, look }];
  });
  const question = JSON.stringify(known);
  return useMemo(() => JSON.parse(question) as Threshold[], [question]);
}

function latestOf(widget: Widget, found: readonly Found[], wanted: string): string | undefined {
  for (const [index, source] of widget.sources.entries()) {
    const key = source.latest.find((one) => one.label === wanted || one.name === wanted);
    const value = key && found[index]?.rows?.[0]?.values.get(slotOf(key))?.value;
    if (value !== undefined) return value;
  }
  return undefined;
}

function firstOf(source: Source, found: Found | undefined): string | undefined {
  const [key] = source.keys;
  return key && found?.rows?.[0]?.values.get(slotOf(key))?.value;
}
