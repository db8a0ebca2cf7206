import { useEffect, useRef, useState } from "react";
import { type Fn, resultText } from "../../functions/kinds";
import { useCalls, valueOf } from "../../functions/useCalls";

/** Longest text at a tick. */
const LONGEST = 24;

/**
 * The texts that a function writes at ticks. An axis asks while it is drawn, and cannot wait: it gets what
 * is known, and is drawn again when there is more.
 */
export function useTicks(fn: Fn | undefined, onMore: () => void) {
  const [wanted, setWanted] = useState<readonly number[]>([]);
  const results = useCalls(fn ? wanted.map((at) => ({ slot: String(at), fn, args: [at] })) : []);
  const more = useRef(onMore);
  const texts = useRef<(splits: number[]) => string[] | undefined>(() => undefined);
  useEffect(() => {
    more.current = onMore;
    texts.current = (splits) => {
      if (!fn) return undefined;
      if (splits.some((one) => !wanted.includes(one))) queueMicrotask(() => setWanted(splits));
      const made = splits.map((one) => valueOf(results, String(one)));
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
