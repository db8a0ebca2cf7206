import { useState } from "react";
import type { EntityId } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Select, TextField } from "../../ui/Field";
import { Problem } from "../../ui/Notice";
import { EntityPicker } from "../dashboards/aliases/EntityPicker";
import type { Found } from "../dashboards/aliases/requests";
import { addRelation } from "./requests";

interface AddProps {
  entity: EntityId;
  direction: "TO" | "FROM";
  onClose: () => void;
  onAdded: () => void;
}

const KINDS = [
  { id: "DEVICE", label: "Device" },
  { id: "ASSET", label: "Asset" },
  { id: "CUSTOMER", label: "Customer" },
  { id: "DASHBOARD", label: "Dashboard" },
] as const;

/** Relates this entity with another one, of any kind. */
export function AddRelation({ entity, direction, onClose, onAdded }: AddProps) {
  const [type, setType] = useState("Contains");
  const [kind, setKind] = useState<(typeof KINDS)[number]["id"]>("DEVICE");
  const [other, setOther] = useState<Found>();
  const [problem, setProblem] = useState<unknown>();
  const add = async () => {
    if (!other) return;
    setProblem(undefined);
    try {
      await (direction === "TO"
        ? addRelation(other.entity, entity, type.trim())
        : addRelation(entity, other.entity, type.trim()));
      onAdded();
      onClose();
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Dialog
      title={direction === "TO" ? "Add a relation to this" : "Add a relation from this"}
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={!other || !type.trim()} onPress={() => void add()}>
            Add
          </Button>
        </>
      }
    >
      {problem !== undefined && <Problem error={problem} />}
      <TextField label="Type" value={type} onChange={setType} description="Contains and Manages are usual." />
      <Select
        label="Kind"
        choices={KINDS}
        value={kind}
        onChange={(next) => {
          setKind(next);
          setOther(undefined);
        }}
      />
      <EntityPicker
        key={`${kind}/${other?.entity.id ?? ""}`}
        label={KINDS.find((one) => one.id === kind)?.label ?? kind}
        entityType={kind}
        chosen={other?.name ?? ""}
        onChoose={setOther}
      />
    </Dialog>
  );
}
