/** The application's one live connection, bound to the session and to what the browser tells. */
import { useSyncExternalStore } from "react";
import { bearer, sessionState, watchSession } from "../api/session";
import { LiveSocket, type LiveState } from "./socket";

export const live = new LiveSocket({
  open: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/ws`),
  token: bearer,
  later: (run, ms) => window.setTimeout(run, ms),
  now: () => performance.now(),
});

watchSession(() => {
  if (sessionState().kind === "out") live.stop();
});
window.addEventListener("online", () => live.wake());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") live.wake();
});

export function useLiveState(): LiveState {
  return useSyncExternalStore(
    (watcher) => live.watch(watcher),
    () => live.state,
  );
}
