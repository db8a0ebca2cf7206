import { useState } from "react";
import type { DebugSettings } from "../../api/types";
import { left } from "../../format/time";
import { Button } from "../../ui/Button";
import { Switch } from "../../ui/Field";
import { Status } from "../../ui/Status";
import { useNow } from "../../ui/Time";
import { failed } from "../../ui/Toast";

interface DebugProps {
  settings: DebugSettings | undefined;
  onChange: (settings: DebugSettings) => Promise<unknown>;
}

/** What is recorded: failures always or not, all messages for a while. */
export function DebugControl({ settings, onChange }: DebugProps) {
  const [pending, setPending] = useState(false);
  const now = useNow();
  const until = settings?.allEnabledUntil ?? 0;
  const all = until > now;
  const failures = settings?.failuresEnabled === true;
  const change = async (next: DebugSettings) => {
    setPending(true);
    try {
      await onChange(next);
    } catch (error) {
      failed(error);
    } finally {
      setPending(false);
    }
  };
  return (
    <div className="row">
      <Status tone={all ? "busy" : "idle"}>
        {all ? `Recording all messages, ${left(until - now)} left` : "Not recording all messages"}
      </Status>
      <Button
        isPending={pending}
        onPress={() =>
          void change({ failuresEnabled: failures, allEnabled: !all, allEnabledUntil: all ? 0 : undefined })
        }
      >
        {all ? "Stop recording" : "Record all messages"}
      </Button>
      <Switch
        label="Record failures"
        value={failures}
        isDisabled={pending}
        onChange={(failuresEnabled) =>
          void change({ failuresEnabled, allEnabled: false, allEnabledUntil: until })
        }
      />
    </div>
  );
}
