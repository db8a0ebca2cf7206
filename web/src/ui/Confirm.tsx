import { type ReactNode, useState } from "react";
import { Button } from "./Button";
import { Dialog } from "./Dialog";
import { Problem } from "./Notice";

interface ConfirmProps {
  title: string;
  children: ReactNode;
  action: string;
  isOpen: boolean;
  onClose: () => void;
  onConfirm: () => Promise<unknown>;
}

/** Asks before something that cannot be taken back; stays open with the reason when it fails. */
export function Confirm({ title, children, action, isOpen, onClose, onConfirm }: ConfirmProps) {
  const [problem, setProblem] = useState<unknown>();
  const [pending, setPending] = useState(false);
  const close = () => {
    setProblem(undefined);
    onClose();
  };
  const confirm = async () => {
    setPending(true);
    setProblem(undefined);
    try {
      await onConfirm();
      close();
    } catch (error) {
      setProblem(error);
    } finally {
      setPending(false);
    }
  };
  return (
    <Dialog
      title={title}
      isOpen={isOpen}
      onClose={close}
      role="alertdialog"
      foot={
        <>
          <Button onPress={close} autoFocus>
            Cancel
          </Button>
          <Button look="danger" isPending={pending} onPress={() => void confirm()}>
            {action}
          </Button>
        </>
      }
    >
      <div>{children}</div>
      {problem !== undefined && <Problem error={problem} />}
    </Dialog>
  );
}
