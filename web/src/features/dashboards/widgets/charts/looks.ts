/** What a chart's settings, of the older and the newer form, say about how it is drawn. */
import { type Members, isMembers, members, number, text } from "../../../../api/shapes";
import { type Fn, functionOf } from "../../functions/kinds";
import type { DataKey, Widget } from "../../stored/model";
import { colour } from "../gauges/level";

export type Shape = "line" | "bar" | "point";

export interface AxisLook {
  id: string;
  right: boolean;
  shown: boolean;
  least: number | undefined;
  most: number | undefined;
  /** Undefined for those of the lines on it. */
  units: string | undefined;
  decimals: number | undefined;
  label: string;
  ticks: Fn | undefined;
}

export interface LineLook {
  shape: Shape;
  width: number;
  dash: number[] | undefined;
  curve: "straight" | "smooth" | "step";
  points: boolean;
  /** Opacity of the area below the line; 0 for none. */
  fill: number;
  /** Index among the chart's axes. */
  axis: number;
  inLegend: boolean;
  hidden: boolean;
}

export interface LegendLook {
  shown: boolean;
  position: "top" | "bottom" | "left" | "right";
  columns: readonly LegendColumn[];
}

export type LegendColumn = "min" | "max" | "avg" | "total" | "latest";

/** The axes of a chart in their order; the first is where lines stand that name none. */
export function axesOf(widget: Widget, keys: readonly DataKey[]): AxisLook[] {
  const { settings } = widget;
  const stored = members(settings.yAxes);
  const first = { ...members(settings.yAxis), ...members(stored.default), ...members(settings.yaxis) };
  const axes = [axisOf("default", first)];
  for (const key of keys) {
    const id = axisIdOf(key);
    if (axes.some((one) => one.id === id)) continue;
    axes.push(axisOf(id, isMembers(stored[id]) ? stored[id] : ownAxis(key.settings)));
  }
  return axes;
}

/** A key of the older form may have an axis of its own; one of the newer form names it. */
export function axisIdOf({ settings, name, label }: DataKey): string {
  if (settings.showSeparateAxis === true) return `of ${name} ${label}`;
  return text(settings.yAxisId) || "default";
}

function ownAxis(settings: Members): Members {
  return {
    min: settings.axisMin,
    max: settings.axisMax,
    label: settings.axisTitle,
    position: settings.axisPosition,
    tickDecimals: settings.axisTickDecimals,
    ticksFormatter: settings.axisTicksFormatter,
  };
}

function axisOf(id: string, raw: Members): AxisLook {
  const label = text(raw.label) || text(raw.title);
  return {
    id,
    right: raw.position === "right",
    shown: raw.show !== false && raw.showTickLabels !== false && raw.showLabels !== false,
    least: bound(raw.min),
    most: bound(raw.max),
    units: text(raw.units) || undefined,
    decimals: bound(raw.decimals) ?? bound(raw.tickDecimals),
    label,
    ticks: functionOf("ticksFormatter", raw.ticksFormatter, id === "default" ? "" : label),
  };
}

export function bound(raw: unknown): number | undefined {
  const read = typeof raw === "string" && raw.trim() !== "" ? Number(raw) : raw;
  return typeof read === "number" && Number.isFinite(read) ? read : undefined;
}

export function shapeOf(widget: Widget, key: DataKey): Shape {
  const own = key.settings.type;
  if (own === "bar" || own === "line" || own === "point") return own;
  if (widget.type.includes("bar")) return "bar";
  if (widget.type === "point_chart") return "point";
  const pointsOnly = key.settings.showLines === false && key.settings.showPoints === true;
  return pointsOnly ? "point" : "line";
}

const DASHES: Record<string, number[]> = { dashed: [8, 5], dotted: [2, 4] };

export function lineOf(widget: Widget, key: DataKey, axes: readonly AxisLook[]): LineLook {
  const { settings } = key;
  const line = members(settings.lineSettings);
  const shape = shapeOf(widget, key);
  return {
    shape: shape === "line" && line.showLine === false ? "point" : shape,
    width: Math.min(Math.max(number(line.lineWidth, number(settings.lineWidth, 2)), 0.5), 12),
    dash: DASHES[text(line.lineType)],
    curve:
      line.step === true
        ? "step"
        : line.smooth === true || widget.settings.smoothLines === true
          ? "smooth"
          : "straight",
    points: line.showPoints === true || settings.showPoints === true,
    fill: fillOf(settings, line),
    axis: Math.max(
      axes.findIndex((one) => one.id === axisIdOf(key)),
      0,
    ),
    inLegend: settings.showInLegend !== false && settings.hideDataByDefault !== "legend",
    hidden: settings.dataHiddenByDefault === true || settings.hideDataByDefault === true,
  };
}

function fillOf(settings: Members, line: Members): number {
  const area = members(line.fillAreaSettings);
  if (area.type === "opacity") return number(area.opacity, 0.4);
  if (area.type === "gradient") return number(members(area.gradient).start, 60) / 200;
  if (settings.fillLines === true) return number(settings.fillLinesOpacity, 0.18);
  return line.fillArea === true ? 0.18 : 0;
}

const FLAGS: readonly [string, LegendColumn][] = [
  ["showMin", "min"],
  ["showMax", "max"],
  ["showAvg", "avg"],
  ["showTotal", "total"],
  ["showLatest", "latest"],
];
const POSITIONS = ["top", "bottom", "left", "right"] as const;

export function legendOf({ settings, config }: Widget): LegendLook {
  const raw = { ...members(config.legendConfig), ...members(settings.legendConfig) };
  const shown = settings.showLegend ?? config.showLegend;
  return {
    shown: shown !== false,
    position: POSITIONS.find((one) => one === raw.position) ?? "bottom",
    columns: FLAGS.flatMap(([flag, column]) => (raw[flag] === true ? [column] : [])),
  };
}

/** How wide bars are in ms, when it is said and not the length of a group. */
export function barWidthOf({ settings }: Widget, span: number): number | undefined {
  const modern = members(settings.noAggregationBarWidthSettings);
  const width = members(modern.strategy === "separate" ? modern.barWidth : modern.groupWidth);
  if (width.relative === true) return (span * number(width.relativeWidth, 2)) / 100;
  return bound(width.absoluteWidth) ?? bound(settings.defaultBarWidth);
}

/** A line across the chart, where its value comes from, and how it looks. */
export interface ThresholdLook {
  value:
    | { kind: "fixed"; at: number }
    | { kind: "latest"; key: string }
    | { kind: "entity"; alias: string; key: Members };
  axis: string;
  colour: string | undefined;
  width: number;
  dash: number[] | undefined;
  label: boolean;
  name: string;
  units: string;
  decimals: number | undefined;
}

/** Most lines across one chart. */
const MOST_THRESHOLDS = 30;

export function thresholdsOf(widget: Widget, keys: readonly DataKey[]): ThresholdLook[] {
  const modern = Array.isArray(widget.settings.thresholds) ? widget.settings.thresholds.map(members) : [];
  const old = keys.flatMap((key) =>
    (Array.isArray(key.settings.thresholds) ? key.settings.thresholds : []).map((raw: unknown) => ({
      raw: members(raw),
      axis: axisIdOf(key),
    })),
  );
  return [
    ...modern.flatMap((raw) => {
      const value = modernValue(raw);
      return value ? [thresholdOf(raw, value, text(raw.yAxisId) || "default", text(raw.lineColor))] : [];
    }),
    ...old.flatMap(({ raw, axis }) => {
      const value = oldValue(raw);
      return value ? [thresholdOf(raw, value, axis, text(raw.color))] : [];
    }),
  ].slice(0, MOST_THRESHOLDS);
}

function thresholdOf(raw: Members, value: ThresholdLook["value"], axis: string, line: string): ThresholdLook {
  return {
    value,
    axis,
    colour: colour(line) ? line : undefined,
    width: Math.min(Math.max(number(raw.lineWidth, 2), 0.5), 12),
    dash: DASHES[text(raw.lineType)],
    label: raw.showLabel !== false,
    name: text(raw.label),
    units: text(raw.units) || text(members(raw.units).from),
    decimals: bound(raw.decimals),
  };
}

function modernValue(raw: Members): ThresholdLook["value"] | undefined {
  if (raw.type === "latestKey") return { kind: "latest", key: text(raw.latestKey) };
  if (raw.type === "entity")
    return {
      kind: "entity",
      alias: text(raw.entityAlias),
      key: { name: raw.entityKey, type: raw.entityKeyType },
    };
  const at = bound(raw.value);
  return at === undefined ? undefined : { kind: "fixed", at };
}

function oldValue(raw: Members): ThresholdLook["value"] | undefined {
  if (raw.thresholdValueSource === "entityAttribute")
    return {
      kind: "entity",
      alias: text(raw.thresholdEntityAlias),
      key: { name: raw.thresholdAttribute, type: "attribute" },
    };
  const at = bound(raw.thresholdValue);
  return at === undefined ? undefined : { kind: "fixed", at };
}
