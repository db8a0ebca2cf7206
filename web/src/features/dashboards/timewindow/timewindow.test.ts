import { describe, expect, it } from "vitest";
import { QUICK, quickRange } from "./quick";
import {
  type Timewindow,
  boundsOf,
  lengthName,
  nameOf,
  quickName,
  readTimewindow,
  writeTimewindow,
} from "./timewindow";

describe("a time window", () => {
  it("is read from the forms of all ages", () => {
    expect(
      readTimewindow({ realtime: { timewindowMs: 60_000, interval: 1_000 }, aggregation: { type: "MAX" } }),
    ).toEqual({
      live: true,
      range: { kind: "last", ms: 60_000 },
      interval: 1_000,
      aggregation: "MAX",
    });
    expect(
      readTimewindow({
        selectedTab: 1,
        history: { historyType: 1, fixedTimewindow: { startTimeMs: 5, endTimeMs: 9 } },
      }),
    ).toMatchObject({ live: false, range: { kind: "fixed", start: 5, end: 9 } });
    expect(
      readTimewindow({ selectedTab: 0, realtime: { realtimeType: 1, quickInterval: "CURRENT_DAY" } }),
    ).toMatchObject({ live: true, range: { kind: "quick", name: "CURRENT_DAY" } });
    expect(readTimewindow({})).toMatchObject({ range: { kind: "last", ms: 60_000 }, aggregation: "AVG" });
    expect(readTimewindow(undefined)).toBeUndefined();
  });

  it("is written back with everything else kept", () => {
    const stored = {
      hideInterval: true,
      selectedTab: 0,
      realtime: { timewindowMs: 60_000, interval: 1_000, more: 1 },
      aggregation: { type: "AVG", limit: 200 },
    };
    const window: Timewindow = {
      live: false,
      range: { kind: "fixed", start: 1, end: 2 },
      interval: undefined,
      aggregation: "NONE",
    };
    const written = writeTimewindow(stored, window);
    expect(written).toEqual({
      hideInterval: true,
      selectedTab: 1,
      realtime: stored.realtime,
      history: { historyType: 1, fixedTimewindow: { startTimeMs: 1, endTimeMs: 2 } },
      aggregation: { type: "NONE", limit: 200 },
    });
    expect(readTimewindow(written)).toEqual(window);
  });

  it("follows the calendar", () => {
    const now = new Date(2026, 10, 22, 8, 30); // a Sunday
    const day = (ts: number) => new Date(ts).toDateString();
    expect(quickRange("CURRENT_DAY", now)).toEqual({
      start: new Date(2026, 10, 22).getTime(),
      end: new Date(2026, 10, 23).getTime(),
    });
    expect(quickRange("CURRENT_MONTH_SO_FAR", now).end).toBe(now.getTime());
    expect(day(quickRange("CURRENT_WEEK", now).start)).toBe(day(new Date(2026, 10, 22).getTime()));
    expect(day(quickRange("CURRENT_WEEK_ISO", now).start)).toBe(day(new Date(2026, 10, 16).getTime()));
    expect(day(quickRange("PREVIOUS_QUARTER", now).start)).toBe(day(new Date(2026, 6, 1).getTime()));
    expect(day(quickRange("CURRENT_HALF_YEAR", now).end)).toBe(day(new Date(2027, 0, 1).getTime()));
    expect(day(quickRange("THIS_DAY_LAST_WEEK", now).start)).toBe(day(new Date(2026, 10, 15).getTime()));
    for (const name of QUICK) {
      const { start, end } = quickRange(name, now);
      expect(end, name).toBeGreaterThan(start);
    }
  });

  it("has a name", () => {
    expect([lengthName(60_000), lengthName(7_200_000), lengthName(1_500)]).toEqual([
      "minute",
      "2 hours",
      "1500 ms",
    ]);
    expect(nameOf({ kind: "last", ms: 300_000 }, String)).toBe("Last 5 minutes");
    expect(quickName("CURRENT_DAY_SO_FAR")).toBe("Current day so far");
    expect(boundsOf({ kind: "last", ms: 10 }, 100)).toEqual({ start: 90, end: 100 });
  });
});
