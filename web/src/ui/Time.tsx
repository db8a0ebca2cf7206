import { useSyncExternalStore } from "react";
import { ago, full } from "../format/time";

/** One timer for every relative time on the page. */
const watchers = new Set<() => void>();
let now = Date.now();
let timer: number | undefined;

function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  // Nobody kept the time while nobody watched.
  if (timer === undefined) now = Date.now();
  timer ??= window.setInterval(() => {
    now = Date.now();
    for (const one of watchers) one();
  }, 1000);
  return () => {
    watchers.delete(watcher);
    if (watchers.size === 0) {
      window.clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time, anew each second. */
export function useNow(): number {
  return useSyncExternalStore(watch, () => now);
}

/** How long ago, with the exact time on hover. */
export function Ago({ ts, none = "never" }: { ts: number | null | undefined; none?: string }) {
  const at = useNow();
  if (!ts) return <span className="soft">{none}</span>;
  return (
    <time dateTime={new Date(ts).toISOString()} title={full(ts)}>
      {ago(ts, Math.max(at, ts))}
    </time>
  );
}
