/** Which points a chart asks for, and how those that arrive join them. */
import { members } from "../../../../api/shapes";
import { type Point, numeric } from "../../../telemetry/requests";
import { type Aggregation, DAY, HOUR, MINUTE } from "../../timewindow/timewindow";

/** A value at a time; texts are for tables and functions, charts draw numbers. */
export interface Sample {
  ts: number;
  value: number | string;
}

/** What a chart can draw of samples. */
export function numbersOf(samples: readonly Sample[]): Point[] {
  return samples.flatMap(({ ts, value }) => {
    const read = numeric(value);
    return read === undefined ? [] : [{ ts, value: read }];
  });
}

/** A sample, or none of what has no time or no value. */
export function sampleOf(ts: unknown, value: unknown): Sample[] {
  if (typeof ts !== "number" || value === null || value === undefined || value === "") return [];
  const text = typeof value === "object" ? JSON.stringify(value) : String(value as string | number | boolean);
  const read = text.trim() === "" ? NaN : Number(text);
  return [{ ts, value: Number.isFinite(read) ? read : text }];
}

export function samplesOf(series: unknown): Sample[] {
  if (!Array.isArray(series)) return [];
  return series.flatMap((one: unknown) => sampleOf(members(one).ts, members(one).value));
}

const SECOND = 1_000;
/** Lengths of groups that people can name. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 30, 90, 365].map((n) => n * DAY),
];

/** Pixels that one group needs to be seen. */
const LINE_PIXELS = 3;
const BAR_PIXELS = 10;

/** Length of a group: what was chosen, but no finer than the pixels can show. */
export function stepOf(span: number, pixels: number, bars: boolean, chosen: number | undefined): number {
  const finest = span / Math.max(pixels / (bars ? BAR_PIXELS : LINE_PIXELS), 10);
  if (chosen !== undefined && chosen >= finest) return chosen;
  return STEPS.find((one) => one >= finest) ?? Math.ceil(finest);
}

/** Most points of one series that are asked for as they are. */
export function mostRaw(pixels: number): number {
  return Math.max(Math.round(pixels) * 4, 1_000);
}

/** The lowest and highest of each group, in the order of time: the outline of very many points. */
export function outlined(lows: readonly Point[], highs: readonly Point[], step: number): Point[] {
  const out: Point[] = [];
  highs.forEach((high, index) => {
    const low = lows[index];
    if (!low || low.value === high.value) out.push(high);
    else out.push({ ts: low.ts - step / 4, value: low.value }, { ts: high.ts + step / 4, value: high.value });
  });
  return out;
}

/** Points put together in groups of `step`, as the server does it. */
export function grouped(points: readonly Point[], step: number, aggregation: Aggregation): Point[] {
  const groups = new Map<number, number[]>();
  for (const { ts, value } of points) {
    const at = Math.floor(ts / step) * step;
    const group = groups.get(at);
    if (group) group.push(value);
    else groups.set(at, [value]);
  }
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([at, values]) => ({ ts: at + step / 2, value: together(values, aggregation) }));
}

function together(values: readonly number[], aggregation: Aggregation): number {
  const sum = values.reduce((total, one) => total + one, 0);
  switch (aggregation) {
    case "MIN":
      return values.reduce((least, one) => Math.min(least, one), Infinity);
    case "MAX":
      return values.reduce((most, one) => Math.max(most, one), -Infinity);
    case "SUM":
      return sum;
    case "COUNT":
      return values.length;
    case "AVG":
      return sum / values.length;
    case "NONE":
      return values.at(-1) ?? 0;
  }
}
