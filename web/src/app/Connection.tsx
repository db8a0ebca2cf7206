import { useLiveState } from "../live/connection";
import { Status } from "../ui/Status";

/** Whether what is shown is live. Nothing to say before anything is subscribed. */
export function Connection() {
  const state = useLiveState();
  return (
    <span role="status" className="top-live">
      {state === "live" && (
        <Status tone="good" plain>
          Live
        </Status>
      )}
      {state === "connecting" && (
        <Status tone="busy" plain>
          Connecting
        </Status>
      )}
      {state === "lost" && <Status tone="warn">Reconnecting</Status>}
    </span>
  );
}
