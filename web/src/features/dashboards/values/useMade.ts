import { useEffect, useMemo, useRef, useState } from "react";
import { resultText } from "../functions/kinds";
import { type Placed, useCalls, valueOf } from "../functions/useCalls";
import type { Source } from "../stored/model";
import { slotOf } from "./ask";
import type { Found } from "./useSources";

/** How often demonstration data is made anew. */
const EVERY_MS = 1_000;

/** Demonstration data: the latest value of each key is what its function makes of the time and the one before. */
export function useMade(sources: readonly Source[]): (Found | undefined)[] {
  const wanted = sources.some((one) => one.made && one.keys.some((key) => key.make));
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!wanted) return;
    const timer = setInterval(() => setNow(Date.now()), EVERY_MS);
    return () => clearInterval(timer);
  }, [wanted]);
  const before = useRef<{ now: number; values: ReadonlyMap<string, unknown>; next: Map<string, unknown> }>({
    now: 0,
    values: new Map(),
    next: new Map(),
  });
  // Each tick is computed from what the tick before had come to.
  if (before.current.now !== now)
    before.current = { now, values: before.current.next, next: new Map(before.current.next) };
  const calls = sources.flatMap((source, index) =>
    source.made
      ? source.keys.flatMap((key, at): Placed[] => {
          const slot = `${index}/${at}`;
          return key.make ? [{ slot, fn: key.make, args: [now, before.current.values.get(slot) ?? 0] }] : [];
        })
      : [],
  );
  const results = useCalls(calls);
  for (const { slot } of calls) {
    const made = valueOf(results, slot);
    if (made !== undefined) before.current.next.set(slot, made);
  }
  return useMemo(
    () =>
      sources.map((source, index): Found | undefined => {
        if (!source.made) return undefined;
        if (!source.keys.some((key) => key.make)) return { rows: [], missing: "Its keys have no function." };
        const values = new Map(
          source.keys.flatMap((key, at) => {
            const made = valueOf(results, `${index}/${at}`);
            return made === undefined ? [] : [[slotOf(key), { ts: now, value: resultText(made) }] as const];
          }),
        );
        const name = source.name || "Demonstration";
        return {
          rows: [{ entity: { entityType: "TENANT", id: `made ${index}` }, name, label: name, values }],
          missing: undefined,
        };
      }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the results of a tick stand for its time
    [sources, results],
  );
}
