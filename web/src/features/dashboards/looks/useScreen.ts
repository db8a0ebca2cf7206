import { useSyncExternalStore } from "react";
import { type Breakpoint, breakpointAt } from "../stored/look";

function watch(watcher: () => void): () => void {
  window.addEventListener("resize", watcher);
  return () => window.removeEventListener("resize", watcher);
}

/** Which of the widths that may have layouts of their own the window has. */
export function useScreen(): Breakpoint {
  return useSyncExternalStore(watch, () => breakpointAt(window.innerWidth));
}
