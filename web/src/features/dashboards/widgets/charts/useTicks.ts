import { useEffect, useRef, useState } from "react";
import { resultText } from "../../functions/kinds";
import { useCalls, valueOf } from "../../functions/useCalls";
import type { AxisLook } from "./looks";

/** Longest text at a tick. */
const LONGEST = 24;

type Texts = (axis: number, splits: number[]) => string[] | undefined;

/**
 * The texts that functions write at ticks. An axis asks while it is drawn, and cannot wait: it gets what
 * is known, and is drawn again when there is more.
 */
export function useTicks(axes: readonly AxisLook[], onMore: () => void) {
  const [wanted, setWanted] = useState<ReadonlyMap<number, readonly number[]>>(new Map());
  const results = useCalls(
    axes.flatMap(({ ticks }, axis) =>
      ticks ? (wanted.get(axis) ?? []).map((at) => ({ slot: `${axis}/${at}`, fn: ticks, args: [at] })) : [],
    ),
  );
  const more = useRef(onMore);
  const texts = useRef<Texts>(() => undefined);
  useEffect(() => {
    more.current = onMore;
    texts.current = (axis, splits) => {
      if (!axes[axis]?.ticks) return undefined;
      const asked = wanted.get(axis) ?? [];
      if (splits.some((one) => !asked.includes(one)))
        queueMicrotask(() => setWanted((before) => new Map(before).set(axis, splits)));
      const made = splits.map((one) => valueOf(results, `${axis}/${one}`));
      return made.every((one) => one !== undefined)
        ? made.map((one) => resultText(one).slice(0, LONGEST))
        : undefined;
    };
  });
  useEffect(() => {
    if (results.size > 0) more.current();
  }, [results]);
  return texts;
}
