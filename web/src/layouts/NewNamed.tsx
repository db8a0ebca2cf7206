import { useRouter } from "@tanstack/react-router";
import { useState } from "react";
import type { Made } from "../lists/importing";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { Problem } from "../ui/Notice";

interface NewNamedProps {
  title: string;
  /** Makes it; its page opens. */
  onAdd: (name: string) => Promise<Made>;
  onClose: () => void;
}

/** Adds something that needs no more than a name to begin with. */
export function NewNamed({ title, onAdd, onClose }: NewNamedProps) {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<unknown>();
  const router = useRouter();
  const add = async () => {
    setProblem(undefined);
    try {
      const made = await onAdd(name.trim());
      onClose();
      router.history.push(made.href);
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={!name.trim()} onPress={() => void add()}>
            Add
          </Button>
        </>
      }
    >
      {problem !== undefined && <Problem error={problem} />}
      <TextField label="Name" value={name} onChange={setName} isRequired autoFocus />
    </Dialog>
  );
}
