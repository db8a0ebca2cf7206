import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { EntityId } from "../../api/types";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Select, TextField } from "../../ui/Field";
import { Problem } from "../../ui/Notice";
import { listDevices } from "../devices/requests";
import { addRelation } from "./requests";

interface AddProps {
  entity: EntityId;
  direction: "TO" | "FROM";
  onClose: () => void;
  onAdded: () => void;
}

const OFFERED = 100;

/** Relates this entity with a device. */
export function AddRelation({ entity, direction, onClose, onAdded }: AddProps) {
  const [type, setType] = useState("Contains");
  const [device, setDevice] = useState<string>();
  const [problem, setProblem] = useState<unknown>();
  const devices = useQuery({
    queryKey: ["devices", "names"],
    queryFn: () => listDevices({ page: 0, pageSize: OFFERED, sortProperty: "name", sortOrder: "ASC" }),
  });
  const choices = (devices.data?.data ?? []).flatMap((one) =>
    one.id && one.id.id !== entity.id ? [{ id: one.id.id, label: one.name ?? one.id.id }] : [],
  );
  const add = async () => {
    if (!device) return;
    setProblem(undefined);
    const other: EntityId = { entityType: "DEVICE", id: device };
    try {
      await (direction === "TO"
        ? addRelation(other, entity, type.trim())
        : addRelation(entity, other, type.trim()));
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
          <Button look="primary" isDisabled={!device || !type.trim()} onPress={() => void add()}>
            Add
          </Button>
        </>
      }
    >
      {problem !== undefined && <Problem error={problem} />}
      <TextField label="Type" value={type} onChange={setType} description="Contains and Manages are usual." />
      <Select label="Device" choices={choices} value={device} onChange={setDevice} />
    </Dialog>
  );
}
