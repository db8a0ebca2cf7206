import { useMemo, useRef } from "react";
import { argumentOf, resultText } from "../functions/kinds";
import { type Placed, useCalls, valueOf } from "../functions/useCalls";
import type { DataKey, Source } from "../stored/model";
import { type Row, saidSlotOf, slotOf } from "./ask";
import type { Found } from "./useSources";

interface Seen {
  ts: number;
  value: string;
  /** The value before, for functions that compare. */
  before: readonly [time: number, value: unknown];
}

/** Rows with the values of keys that have a function turned into what it makes of them. */
export function usePosted(sources: readonly Source[], found: readonly Found[]): Found[] {
  const seen = useRef(new Map<string, Seen>());
  const calls = sources.flatMap((source, index) =>
    source.keys.concat(source.latest).flatMap((key) =>
      (found[index]?.rows ?? []).flatMap((row): Placed[] => {
        const latest = key.post && row.values.get(saidSlotOf(key));
        if (!key.post || !latest) return [];
        const slot = slotIn(index, row, slotOf(key));
        const args = argsOf(seen.current, slot, latest.ts, latest.value);
        return [{ slot, fn: key.post, args }];
      }),
    ),
  );
  const results = useCalls(calls);
  return useMemo(() => {
    if (!sources.some((source) => source.keys.concat(source.latest).some((key) => key.post)))
      return [...found];
    return found.map((one, index) => {
      const posted = (sources[index]?.keys ?? [])
        .concat(sources[index]?.latest ?? [])
        .filter((key) => key.post);
      if (!one.rows || posted.length === 0) return one;
      return { ...one, rows: one.rows.map((row) => turned(row, index, posted, results)) };
    });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the rows stand for `found`, which is new with each render
  }, [sources, results, ...found.map((one) => one.rows), ...found.map((one) => one.missing)]);
}

function slotIn(index: number, row: Row, key: string): string {
  return `${index}/${row.entity.id}/${key}`;
}

/** The arguments for a value: the same again for the same value, so that nothing is computed twice. */
function argsOf(seen: Map<string, Seen>, slot: string, ts: number, value: string): unknown[] {
  const last = seen.get(slot);
  const same = last?.ts === ts && last.value === value;
  const before = same ? last.before : last ? ([last.ts, argumentOf(last.value)] as const) : ([0, 0] as const);
  if (!same) seen.set(slot, { ts, value, before });
  return [ts, argumentOf(value), before[1], before[0], before[1]];
}

function turned(
  row: Row,
  index: number,
  keys: readonly DataKey[],
  results: ReturnType<typeof useCalls>,
): Row {
  const values = new Map(row.values);
  for (const key of keys) {
    const latest = values.get(saidSlotOf(key));
    const made = valueOf(results, slotIn(index, row, slotOf(key)));
    if (latest)
      values.set(slotOf(key), made === undefined ? latest : { ts: latest.ts, value: resultText(made) });
  }
  return { ...row, values };
}
