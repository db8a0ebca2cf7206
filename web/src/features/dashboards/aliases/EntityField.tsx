import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Members, members, text } from "../../../api/shapes";
import { Select } from "../../../ui/Field";
import { NOBODY } from "./filter";
import { EntityPicker } from "./EntityPicker";
import { resolve } from "./requests";

export const ENTITY_TYPES: readonly { id: string; label: string }[] = [
  { id: "DEVICE", label: "Device" },
  { id: "ASSET", label: "Asset" },
  { id: "CUSTOMER", label: "Customer" },
  { id: "USER", label: "User" },
  { id: "DASHBOARD", label: "Dashboard" },
];

/** Whoever looks, which needs no name. */
const CURRENT = [
  { id: "CURRENT_TENANT", label: "The tenant of whoever looks" },
  { id: "CURRENT_CUSTOMER", label: "The customer of whoever looks" },
  { id: "CURRENT_USER", label: "Whoever looks" },
];

interface EntityFieldProps {
  label: string;
  /** As stored: `{ entityType, id }`. */
  value: unknown;
  onChange: (value: unknown) => void;
  /** Whether whoever looks can be meant. */
  current?: boolean;
}

/** One entity: its kind, and its name. */
export function EntityField({ label, value, onChange, current = false }: EntityFieldProps) {
  const chosen = members(value);
  const [kind, setKind] = useState(text(chosen.entityType, "DEVICE"));
  const name = useNameOf(chosen);
  const choices = current ? [...ENTITY_TYPES, ...CURRENT] : ENTITY_TYPES;
  return (
    <div className="settings-grid">
      <Select
        label={label === "Entity" ? "Entity type" : `${label}: type`}
        choices={choices.some((one) => one.id === kind) ? choices : [...choices, { id: kind, label: kind }]}
        value={kind}
        onChange={(next) => {
          setKind(next);
          onChange(next.startsWith("CURRENT_") ? { entityType: next, id: NOBODY } : null);
        }}
      />
      {!kind.startsWith("CURRENT_") && (
        <EntityPicker
          key={`${kind}/${name}`}
          label={label}
          entityType={kind}
          chosen={name}
          onChoose={({ entity }) => onChange(entity)}
        />
      )}
    </div>
  );
}

/** The name of an entity that is known by its id. */
function useNameOf(entity: Members): string {
  const { id } = entity;
  const found = useQuery({
    queryKey: ["entity-name", id],
    queryFn: () => resolve({ type: "singleEntity", singleEntity: entity }, 1),
    enabled: typeof id === "string" && id !== NOBODY,
  });
  return found.data?.first[0]?.name ?? "";
}
