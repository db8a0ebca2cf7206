import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { Problem } from "../../ui/Notice";
import { saveAsset } from "./requests";

export function NewAsset({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [type, setType] = useState("default");
  const [problem, setProblem] = useState<unknown>();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const save = async () => {
    setProblem(undefined);
    try {
      const saved = await saveAsset({ name: name.trim(), type: type.trim() || "default" });
      await queries.invalidateQueries({ queryKey: ["assets"] });
      await navigate({ to: "/assets/$id", params: { id: saved.id?.id ?? "" } });
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Dialog
      title="Add asset"
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={!name.trim()} onPress={() => void save()}>
            Add
          </Button>
        </>
      }
    >
      {problem !== undefined && <Problem error={problem} />}
      <TextField label="Name" value={name} onChange={setName} isRequired autoFocus />
      <TextField
        label="Asset profile"
        value={type}
        onChange={setType}
        description="A profile of this name is made when there is none."
      />
    </Dialog>
  );
}
