import { useCallback, useState } from "react";

interface History<T> {
  past: T[];
  now: T;
  future: T[];
}

/** Steps that are kept. */
const KEPT = 100;

/** A value with undo and redo. */
export function useHistory<T>(start: T) {
  const [history, setHistory] = useState<History<T>>({ past: [], now: start, future: [] });
  const change = useCallback((step: (now: T) => T) => {
    setHistory(({ past, now }) => ({ past: [...past.slice(-KEPT), now], now: step(now), future: [] }));
  }, []);
  const reset = useCallback((now: T) => setHistory({ past: [], now, future: [] }), []);
  const undo = useCallback(() => {
    setHistory((before) => {
      const last = before.past.at(-1);
      if (last === undefined) return before;
      return { past: before.past.slice(0, -1), now: last, future: [before.now, ...before.future] };
    });
  }, []);
  const redo = useCallback(() => {
    setHistory((before) => {
      const [next, ...rest] = before.future;
      if (next === undefined) return before;
      return { past: [...before.past, before.now], now: next, future: rest };
    });
  }, []);
  return {
    now: history.now,
    change,
    reset,
    undo,
    redo,
    canUndo: history.past.length > 0,
    canRedo: history.future.length > 0,
  };
}
