/** The name of what is open, for the breadcrumbs and the browser's tab. */
import { useEffect, useSyncExternalStore } from "react";

let current: string | undefined;
const watchers = new Set<() => void>();

function set(name: string | undefined): void {
  current = name;
  document.title = name ? `${name} – Millrace` : "Millrace";
  for (const watcher of watchers) watcher();
}

export function useNamedPage(name: string | undefined): void {
  useEffect(() => {
    set(name);
    return () => set(undefined);
  }, [name]);
}

export function usePageName(): string | undefined {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => current,
  );
}
