/** Steps of editing that can be taken back and done again. */

export interface History<T> {
  past: readonly T[];
  now: T;
  future: readonly T[];
  /** What the last step was about; steps about the same thing are one. */
  about: string;
}

const KEPT = 100;

export function begun<T>(now: T): History<T> {
  return { past: [], now, future: [], about: "" };
}

/** Goes on; with the same `about` as before (dragging one widget) it replaces the last step. */
export function after<T>(history: History<T>, now: T, about: string): History<T> {
  if (now === history.now) return history;
  if (about !== "" && about === history.about) return { ...history, now, future: [] };
  return { past: [...history.past, history.now].slice(-KEPT), now, future: [], about };
}

export function undone<T>(history: History<T>): History<T> {
  const last = history.past.at(-1);
  if (last === undefined) return history;
  return { past: history.past.slice(0, -1), now: last, future: [history.now, ...history.future], about: "" };
}

export function redone<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.now], now: next, future, about: "" };
}
