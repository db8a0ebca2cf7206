import type { ReplaySummary } from "../../../api/types";
import { Confirm } from "../../../ui/Confirm";

interface SaveAnywayProps {
  /** What the script would do to the messages that came last; absent while nothing is asked. */
  found: ReplaySummary | undefined;
  onClose: () => void;
  onSave: () => Promise<unknown>;
}

/** Asks before a script is saved that fails on messages which work now. */
export function SaveAnyway({ found, onClose, onSave }: SaveAnywayProps) {
  const count = found?.nowFail ?? 0;
  return (
    <Confirm
      title={
        count === 1 ? "A message that works now would fail" : `${count} messages that work now would fail`
      }
      action="Save anyway"
      isOpen={found !== undefined}
      onClose={onClose}
      onConfirm={onSave}
    >
      <p>
        Of the last {found?.ran} messages that came, {count} {count === 1 ? "fails" : "fail"} with this
        script. Messages like {count === 1 ? "it" : "them"} would not be stored any more. The replay shows
        which.
      </p>
    </Confirm>
  );
}
