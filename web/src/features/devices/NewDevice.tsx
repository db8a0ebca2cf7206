import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { Problem } from "../../ui/Notice";
import { saveDevice } from "./requests";

/** Adds a device by hand; its access token is made by the server. */
export function NewDevice({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const [name, setName] = useState("");
  const [type, setType] = useState("default");
  const [label, setLabel] = useState("");
  const [problem, setProblem] = useState<unknown>();
  const navigate = useNavigate();
  const queries = useQueryClient();

  const save = async () => {
    setProblem(undefined);
    try {
      const saved = await saveDevice({
        name: name.trim(),
        type: type.trim() || "default",
        label: label.trim() || null,
      });
      await queries.invalidateQueries({ queryKey: ["devices"] });
      onClose();
      await navigate({ to: "/devices/$id", params: { id: saved.id?.id ?? "" } });
    } catch (error) {
      setProblem(error);
    }
  };

  return (
    <Dialog
      title="Add device"
      isOpen={isOpen}
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" onPress={() => void save()} isDisabled={!name.trim()}>
            Add
          </Button>
        </>
      }
    >
      {problem !== undefined && <Problem error={problem} />}
      <TextField label="Name" value={name} onChange={setName} isRequired autoFocus />
      <TextField
        label="Device profile"
        value={type}
        onChange={setType}
        description="A profile of this name is made when there is none."
      />
      <TextField
        label="Label"
        value={label}
        onChange={setLabel}
        description="Shown beside the name; may be empty."
      />
    </Dialog>
  );
}
