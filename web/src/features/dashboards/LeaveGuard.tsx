import { useBlocker } from "@tanstack/react-router";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";

/** Asks before changes that nobody saved are left behind. */
export function LeaveGuard({ dirty }: { dirty: boolean }) {
  const blocker = useBlocker({
    // Another state of the same dashboard loses nothing.
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty,
    withResolver: true,
  });
  if (blocker.status !== "blocked") return null;
  return (
    <Dialog
      title="Leave without saving?"
      isOpen
      role="alertdialog"
      onClose={blocker.reset}
      foot={
        <>
          <Button onPress={blocker.reset} autoFocus>
            Stay
          </Button>
          <Button look="danger" onPress={blocker.proceed}>
            Leave
          </Button>
        </>
      }
    >
      <p>The changes of this dashboard are not saved.</p>
    </Dialog>
  );
}
