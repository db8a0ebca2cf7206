import { useState } from "react";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";

/** Gives a dashboard another title. */
export function DashboardTitle({
  title,
  onDone,
  onClose,
}: {
  title: string;
  onDone: (title: string) => void;
  onClose: () => void;
}) {
  const [typed, setTyped] = useState(title);
  return (
    <Dialog
      title="Title of the dashboard"
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={!typed.trim()} onPress={() => onDone(typed.trim())}>
            Apply
          </Button>
        </>
      }
    >
      <TextField label="Title" value={typed} onChange={setTyped} isRequired autoFocus />
    </Dialog>
  );
}
