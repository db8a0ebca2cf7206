import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Checkbox, TextField } from "../../ui/Field";
import { Problem } from "../../ui/Notice";
import { createDefaultChain, saveRuleChain } from "./requests";

/** Adds a rule chain: empty, or with what a root chain begins with. */
export function NewChain({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [filled, setFilled] = useState(true);
  const [problem, setProblem] = useState<unknown>();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const add = async () => {
    setProblem(undefined);
    try {
      const saved = await (filled ? createDefaultChain(name.trim()) : saveRuleChain({ name: name.trim() }));
      await queries.invalidateQueries({ queryKey: ["ruleChains"] });
      await navigate({ to: "/rule-chains/$id", params: { id: saved.id?.id ?? "" } });
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Dialog
      title="Add rule chain"
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
      <Checkbox
        label="With the nodes of a root chain"
        description="A switch by message type that stores telemetry and attributes and carries commands. Off: empty."
        value={filled}
        onChange={setFilled}
      />
    </Dialog>
  );
}
