import { useContext, useEffect, useState } from "react";
import { TroubleContext } from "../../functions/trouble";
import { runner } from "../../functions/useCalls";
import { type Timewindow, boundsOf } from "../../timewindow/timewindow";
import { type Sample, sampleOf } from "./points";
import type { Wanted } from "./useSeries";

/** Samples of one series of demonstration data. */
const MOST = 1_000;

/** Series that functions make, by their index; what was made stays, and the clock adds to it. */
export function useMadeSeries(
  wanted: readonly Wanted[],
  { window, step }: { window: Timewindow; step: number },
): ReadonlyMap<string, Sample[]> {
  const [made, setMade] = useState<ReadonlyMap<string, Sample[]>>(new Map());
  const tell = useContext(TroubleContext);
  useEffect(() => {
    setMade(new Map());
    const lines = wanted.flatMap(({ make }, index) => (make ? [{ id: String(index), make }] : []));
    if (lines.length === 0) return;
    const found = new Map<string, Sample[]>();
    const owner = {};
    let gone = false;
    const next = () => {
      const { start, end } = boundsOf(window.range, Date.now());
      const every = Math.max(step, 1_000, (end - start) / MOST);
      const calls = lines.flatMap(({ id, make }) => {
        const last = found.get(id)?.at(-1);
        const times: number[] = [];
        for (let at = (last?.ts ?? Math.ceil(start / every) * every - every) + every; at <= end; at += every)
          times.push(at);
        const points = times.map((ts, index) => [ts, index === 0 ? (last?.value ?? 0) : null]);
        return times.length > 0 ? [{ id, call: { fn: make, args: points, chain: "made" as const } }] : [];
      });
      if (calls.length === 0) return;
      runner.run(
        owner,
        calls.map((one) => one.call),
        (results) => {
          if (gone) return;
          for (const [index, { id, call }] of calls.entries()) {
            const result = results[index];
            if (result && "value" in result && Array.isArray(result.value)) {
              const more = result.value.flatMap((one: unknown) =>
                Array.isArray(one) ? sampleOf(one[0], one[1]) : [],
              );
              found.set(id, [...(found.get(id) ?? []).filter((one) => one.ts >= start), ...more]);
            } else if (result && "failed" in result) tell([{ name: call.fn.name, reason: result.failed }]);
          }
          setMade(new Map(found));
        },
      );
    };
    next();
    const timer = window.live ? setInterval(next, Math.min(Math.max(step, 1_000), 60_000)) : 0;
    return () => {
      gone = true;
      clearInterval(timer);
    };
  }, [wanted, window, step, tell]);
  return made;
}
