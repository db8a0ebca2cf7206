import { useCallback, useRef, useState } from "react";

interface History<T> {
  past: T[];
  now: T;
  future: T[];
}

/** Steps that are kept. */
const KEPT = 100;
/** Steps of the same kind that follow each other within this time are one: typing a name, say. */
const TOGETHER_MS = 800;

/** A value with undo and redo. */
export function useHistory<T>(start: T) {
  const [history, setHistory] = useState<History<T>>({ past: [], now: start, future: [] });
  const last = useRef({ kind: "", at: 0 });
  const change = useCallback((step: (now: T) => T, kind = "") => {
    const at = Date.now();
    const joins = kind !== "" && last.current.kind === kind && at - last.current.at < TOGETHER_MS;
    last.current = { kind, at };
    setHistory((before) => {
      const { past, now } = before;
      const next = step(now);
      if (next === now) return before;
      return { past: joins ? past : [...past.slice(-KEPT), now], now: next, future: [] };
    });
  }, []);
  const reset = useCallback((now: T) => setHistory({ past: [], now, future: [] }), []);
  const undo = useCallback(() => {
    last.current = { kind: "", at: 0 };
    setHistory((before) => {
      const previous = before.past.at(-1);
      if (previous === undefined) return before;
      return { past: before.past.slice(0, -1), now: previous, future: [before.now, ...before.future] };
    });
  }, []);
  const redo = useCallback(() => {
    last.current = { kind: "", at: 0 };
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
