import { useState } from "react";
import type { Attribute, AttributeScope, EntityId } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Select, Switch, TextField } from "../../ui/Field";
import { Problem } from "../../ui/Notice";
import { saveAttribute } from "./requests";
import { type ValueKind, kindOf, parseValue, shown } from "./value";

const KINDS = [
  { id: "STRING", label: "Text" },
  { id: "NUMBER", label: "Number" },
  { id: "BOOLEAN", label: "True or false" },
  { id: "JSON", label: "JSON" },
] as const;

interface EditProps {
  entity: EntityId;
  scope: AttributeScope;
  attribute: Attribute | undefined;
  onClose: () => void;
  onSaved: () => void;
}

export function EditAttribute({ entity, scope, attribute, onClose, onSaved }: EditProps) {
  const [key, setKey] = useState(attribute?.key ?? "");
  const [kind, setKind] = useState<ValueKind>(attribute ? kindOf(attribute.value) : "STRING");
  const [typed, setTyped] = useState(attribute ? shown(attribute.value) : "");
  const [problem, setProblem] = useState<unknown>();

  const save = async () => {
    setProblem(undefined);
    try {
      await saveAttribute(
        entity,
        scope,
        key.trim(),
        parseValue(kind === "BOOLEAN" ? typed || "false" : typed, kind),
      );
      onSaved();
      onClose();
    } catch (error) {
      setProblem(error);
    }
  };

  return (
    <Dialog
      title={attribute ? `Edit ${attribute.key}` : "Add attribute"}
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={!key.trim()} onPress={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      {problem !== undefined && <Problem error={problem} />}
      <TextField label="Key" value={key} onChange={setKey} isRequired isDisabled={attribute !== undefined} />
      <Select label="Kind" choices={KINDS} value={kind} onChange={setKind} />
      {kind === "BOOLEAN" ? (
        <Switch
          label={typed === "true" ? "True" : "False"}
          value={typed === "true"}
          onChange={(on) => setTyped(String(on))}
        />
      ) : (
        <TextField
          label="Value"
          value={typed}
          onChange={setTyped}
          multiline={kind === "JSON" ? 5 : undefined}
          mono={kind === "JSON"}
        />
      )}
    </Dialog>
  );
}
