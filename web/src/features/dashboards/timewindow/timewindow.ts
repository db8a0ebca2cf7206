/** Which span of time is shown, read from and written to a stored dashboard. */
import { type Members, isMembers, members, number, text } from "../../../api/shapes";
import { QUICK, type QuickInterval, quickRange } from "./quick";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export type Range =
  | { kind: "last"; ms: number }
  | { kind: "quick"; name: QuickInterval }
  | { kind: "fixed"; start: number; end: number };

export type Aggregation = "NONE" | "MIN" | "MAX" | "AVG" | "SUM" | "COUNT";
export const AGGREGATIONS: readonly Aggregation[] = ["NONE", "AVG", "MIN", "MAX", "SUM", "COUNT"];

export interface Timewindow {
  range: Range;
  /** Whether it moves with the clock and shows what arrives. */
  live: boolean;
  /** Length of a group of values (ms), when it was chosen. */
  interval: number | undefined;
  aggregation: Aggregation;
}

export function readTimewindow(raw: unknown): Timewindow | undefined {
  if (!isMembers(raw)) return undefined;
  const live = raw.selectedTab !== 1 && !(raw.realtime === undefined && isMembers(raw.history));
  const part = live ? members(raw.realtime) : members(raw.history);
  const { type } = members(raw.aggregation);
  return {
    range: readRange(part, live),
    live,
    interval: typeof part.interval === "number" && part.interval > 0 ? part.interval : undefined,
    aggregation: AGGREGATIONS.find((one) => one === type) ?? "AVG",
  };
}

function readRange(part: Members, live: boolean): Range {
  const kind = live ? part.realtimeType : part.historyType;
  const quick = QUICK.find((one) => one === text(part.quickInterval));
  if (quick && kind === (live ? 1 : 2)) return { kind: "quick", name: quick };
  const { startTimeMs, endTimeMs } = members(part.fixedTimewindow);
  if (!live && kind === 1 && typeof startTimeMs === "number" && typeof endTimeMs === "number")
    return { kind: "fixed", start: startTimeMs, end: Math.max(endTimeMs, startTimeMs + 1) };
  const ms = number(part.timewindowMs, 0);
  return { kind: "last", ms: ms > 0 ? ms : MINUTE };
}

/** The stored form with another window in it. */
export function writeTimewindow(raw: unknown, window: Timewindow): Members {
  const before = members(raw);
  const tab = window.live ? "realtime" : "history";
  const { range } = window;
  const kinds = window.live
    ? { realtimeType: range.kind === "quick" ? 1 : 0 }
    : { historyType: range.kind === "quick" ? 2 : range.kind === "fixed" ? 1 : 0 };
  const part = {
    ...members(before[tab]),
    ...kinds,
    ...(range.kind === "last" ? { timewindowMs: range.ms } : {}),
    ...(range.kind === "quick" ? { quickInterval: range.name } : {}),
    ...(range.kind === "fixed"
      ? { fixedTimewindow: { startTimeMs: range.start, endTimeMs: range.end } }
      : {}),
    ...(window.interval ? { interval: window.interval } : {}),
  };
  return {
    ...before,
    selectedTab: window.live ? 0 : 1,
    [tab]: part,
    aggregation: { ...members(before.aggregation), type: window.aggregation },
  };
}

/** From when to when, at a moment. */
export function boundsOf(range: Range, now: number): { start: number; end: number } {
  switch (range.kind) {
    case "last":
      return { start: now - range.ms, end: now };
    case "fixed":
      return { start: range.start, end: range.end };
    case "quick":
      return quickRange(range.name, new Date(now));
  }
}

export function spanOf(range: Range, now: number): number {
  const { start, end } = boundsOf(range, now);
  return Math.max(end - start, 1);
}

/** `Last 5 minutes`, `Today`, `11-22 08:00 – 09:30`. */
export function nameOf(range: Range, day: (ts: number) => string): string {
  switch (range.kind) {
    case "last":
      return `Last ${lengthName(range.ms)}`;
    case "fixed":
      return `${day(range.start)} – ${day(range.end)}`;
    case "quick":
      return quickName(range.name);
  }
}

export function lengthName(ms: number): string {
  const units: [number, string][] = [
    [DAY, "day"],
    [HOUR, "hour"],
    [MINUTE, "minute"],
    [1_000, "second"],
  ];
  const [size, name] = units.find(([unit]) => ms >= unit && ms % unit === 0) ?? [1, "ms"];
  const count = ms / size;
  if (name === "ms") return `${count} ms`;
  return count === 1 ? name : `${count} ${name}s`;
}

/** `CURRENT_DAY_SO_FAR` as `Current day so far`. */
export function quickName(name: QuickInterval): string {
  const words = name.toLowerCase().replaceAll("_", " ").replace("week iso", "week (from Monday)");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
