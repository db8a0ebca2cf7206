import { useSyncExternalStore } from "react";

function watch(watcher: () => void): () => void {
  document.addEventListener("fullscreenchange", watcher);
  return () => document.removeEventListener("fullscreenchange", watcher);
}

export interface FullScreen {
  on: boolean;
  enter: () => void;
  leave: () => void;
}

/**
 * The whole page takes the screen and the dashboard takes the whole page: lists and dialogs, which stand
 * beside it in the page, stay reachable.
 */
export function useFullScreen(): FullScreen {
  const on = useSyncExternalStore(watch, () => document.fullscreenElement !== null);
  return {
    on,
    enter: () => void document.documentElement.requestFullscreen(),
    leave: () => void document.exitFullscreen(),
  };
}
