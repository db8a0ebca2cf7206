import { useSyncExternalStore } from "react";

function watch(watcher: () => void): () => void {
  document.addEventListener("fullscreenchange", watcher);
  return () => document.removeEventListener("fullscreenchange", watcher);
}

/**
 * The whole page takes the screen and the dashboard takes the whole page: lists and dialogs, which stand
 * beside it in the page, stay reachable.
 */
export function useFullScreen(): { on: boolean; enter: () => void } {
  const on = useSyncExternalStore(watch, () => document.fullscreenElement !== null);
  return { on, enter: () => void document.documentElement.requestFullscreen() };
}
