import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Members, isMembers, members, text } from "../../../api/shapes";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Select, Switch, TextField } from "../../../ui/Field";
import { listProfiles } from "../../profiles/requests";
import type { Alias } from "../stored/model";
import { AliasPreview } from "./AliasPreview";
import { EntityListField } from "./EntityListField";
import { EntityPicker } from "./EntityPicker";
import { resolve } from "./requests";

const KINDS = [
  { id: "singleEntity", label: "Single entity" },
  { id: "entityList", label: "Entity list" },
  { id: "entityName", label: "Entity name" },
  { id: "entityType", label: "Entity type" },
  { id: "deviceType", label: "Device type" },
  { id: "assetType", label: "Asset type" },
  { id: "stateEntity", label: "Entity of the dashboard's state" },
] as const;

const ENTITY_TYPES = [
  { id: "DEVICE", label: "Device" },
  { id: "ASSET", label: "Asset" },
  { id: "CUSTOMER", label: "Customer" },
  { id: "USER", label: "User" },
  { id: "DASHBOARD", label: "Dashboard" },
] as const;

/** Kinds that mean several entities from the start. */
const MANY = ["entityList", "entityName", "entityType", "deviceType", "assetType"];

interface FormProps {
  alias: Alias | undefined;
  /** Names that are taken. */
  taken: readonly string[];
  onClose: () => void;
  onDone: (name: string, filter: Members) => void;
}

/** Names some entities by what they have in common. */
export function AliasForm({ alias, taken, onClose, onDone }: FormProps) {
  const [name, setName] = useState(alias?.name ?? "");
  const [filter, setFilter] = useState<Members>(
    alias?.filter ?? { type: "singleEntity", resolveMultiple: false },
  );
  const kind = text(filter.type);
  const known = KINDS.some((one) => one.id === kind);
  const many = filter.resolveMultiple === true;
  const clash = taken.includes(name.trim()) && name.trim() !== alias?.name;
  return (
    <Dialog
      title={alias ? `Edit alias ${alias.name}` : "New alias"}
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            look="primary"
            isDisabled={!name.trim() || clash || !complete(filter)}
            onPress={() => onDone(name.trim(), filter)}
          >
            {alias ? "Apply" : "Add alias"}
          </Button>
        </>
      }
    >
      <TextField
        label="Alias name"
        value={name}
        onChange={setName}
        isRequired
        autoFocus
        error={clash ? "There is an alias of this name." : undefined}
      />
      {known ? (
        <Select
          label="Filter"
          choices={KINDS}
          value={KINDS.find((one) => one.id === kind)?.id}
          onChange={(type) => setFilter({ type, resolveMultiple: MANY.includes(type), ...beginning(type) })}
        />
      ) : (
        <RawFilter filter={filter} onChange={setFilter} />
      )}
      {known && (
        <FilterFields
          key={kind}
          kind={kind}
          filter={filter}
          onChange={(part) => setFilter({ ...filter, ...part })}
        />
      )}
      {MANY.includes(kind) && (
        <Switch
          label="Resolve as multiple entities"
          description="Off: only the first by name."
          value={many}
          onChange={(next) => setFilter({ ...filter, resolveMultiple: next })}
        />
      )}
      <AliasPreview filter={filter} many={many} />
    </Dialog>
  );
}

function beginning(type: string): Members {
  switch (type) {
    case "entityList":
      return { entityType: "DEVICE", entityList: [] };
    case "entityName":
      return { entityType: "DEVICE", entityNameFilter: "" };
    case "entityType":
      return { entityType: "DEVICE" };
    case "deviceType":
      return { deviceTypes: [], deviceNameFilter: "" };
    case "assetType":
      return { assetTypes: [], assetNameFilter: "" };
    case "stateEntity":
      return { stateEntityParamName: null, defaultStateEntity: null };
    default:
      return {};
  }
}

function complete(filter: Members): boolean {
  if (filter.type === "singleEntity") return isMembers(filter.singleEntity);
  if (filter.type === "entityList") return Array.isArray(filter.entityList) && filter.entityList.length > 0;
  return text(filter.type) !== "";
}

interface FieldsProps {
  kind: string;
  filter: Members;
  onChange: (part: Members) => void;
}

function FilterFields({ kind, filter, onChange }: FieldsProps) {
  const chosen = kind === "stateEntity" ? members(filter.defaultStateEntity) : members(filter.singleEntity);
  const [single, setSingle] = useState(text(chosen.entityType, "DEVICE"));
  const name = useNameOf(chosen);
  const entityType = text(filter.entityType, "DEVICE");
  const typeField = (value: string, onType: (type: string) => void) => (
    <Select
      label="Entity type"
      choices={ENTITY_TYPES}
      value={ENTITY_TYPES.find((one) => one.id === value)?.id}
      onChange={onType}
    />
  );
  switch (kind) {
    case "singleEntity":
      return (
        <>
          {typeField(single, (next) => {
            setSingle(next);
            onChange({ singleEntity: undefined });
          })}
          <EntityPicker
            key={`${single}/${name}`}
            label="Entity"
            entityType={single}
            chosen={name}
            onChoose={({ entity }) => onChange({ singleEntity: entity })}
          />
        </>
      );
    case "entityList":
      return (
        <>
          {typeField(entityType, (next) => onChange({ entityType: next, entityList: [] }))}
          <EntityListField
            entityType={entityType}
            ids={Array.isArray(filter.entityList) ? filter.entityList.map(String) : []}
            onChange={(entityList) => onChange({ entityList })}
          />
        </>
      );
    case "entityName":
      return (
        <>
          {typeField(entityType, (next) => onChange({ entityType: next }))}
          <NameFilter
            value={filter.entityNameFilter}
            onChange={(entityNameFilter) => onChange({ entityNameFilter })}
          />
        </>
      );
    case "entityType":
      return typeField(entityType, (next) => onChange({ entityType: next }));
    case "deviceType":
      return (
        <>
          <TypesField
            types={filter.deviceTypes}
            profiles
            onChange={(deviceTypes) => onChange({ deviceTypes })}
          />
          <NameFilter
            value={filter.deviceNameFilter}
            onChange={(deviceNameFilter) => onChange({ deviceNameFilter })}
          />
        </>
      );
    case "assetType":
      return (
        <>
          <TypesField types={filter.assetTypes} onChange={(assetTypes) => onChange({ assetTypes })} />
          <NameFilter
            value={filter.assetNameFilter}
            onChange={(assetNameFilter) => onChange({ assetNameFilter })}
          />
        </>
      );
    case "stateEntity":
      return (
        <>
          <TextField
            label="State parameter"
            value={text(filter.stateEntityParamName)}
            onChange={(next) => onChange({ stateEntityParamName: next.trim() || null })}
            description="Empty for the entity that the state was opened with."
          />
          <EntityPicker
            key={name}
            label="Device when the state has none"
            entityType="DEVICE"
            chosen={name}
            onChoose={({ entity }) => onChange({ defaultStateEntity: entity })}
          />
        </>
      );
    default:
      return null;
  }
}

/** The name of an entity that is known by its id. */
function useNameOf(raw: Members): string {
  const found = useQuery({
    queryKey: ["entity-name", raw.id],
    queryFn: () => resolve({ type: "singleEntity", singleEntity: raw }, 1),
    enabled: typeof raw.id === "string",
  });
  return found.data?.first[0]?.name ?? "";
}

function NameFilter({ value, onChange }: { value: unknown; onChange: (value: string) => void }) {
  return (
    <TextField
      label="Name begins with"
      value={text(value)}
      onChange={onChange}
      description="Empty for every name; % stands for any characters."
    />
  );
}

function TypesField({
  types,
  profiles = false,
  onChange,
}: {
  types: unknown;
  profiles?: boolean;
  onChange: (types: string[]) => void;
}) {
  const [typed, setTyped] = useState(Array.isArray(types) ? types.join(", ") : "");
  const known = useQuery({
    queryKey: ["profiles", "names"],
    queryFn: () => listProfiles({ page: 0, pageSize: 100, sortProperty: "name", sortOrder: "ASC" }),
    enabled: profiles,
  });
  const names = (known.data?.data ?? []).map((one) => one.name ?? "").filter(Boolean);
  return (
    <TextField
      label={profiles ? "Device types" : "Asset types"}
      value={typed}
      onChange={(next) => {
        setTyped(next);
        onChange(
          next
            .split(",")
            .map((one) => one.trim())
            .filter(Boolean),
        );
      }}
      description={
        names.length > 0 ? `Separated by commas. Known: ${names.join(", ")}` : "Separated by commas."
      }
    />
  );
}

/** A kind of filter without fields of its own, as JSON. */
function RawFilter({ filter, onChange }: { filter: Members; onChange: (filter: Members) => void }) {
  const [typed, setTyped] = useState(JSON.stringify(filter, null, 2));
  const [error, setError] = useState<string>();
  return (
    <TextField
      label={`Filter (${text(filter.type)})`}
      multiline={10}
      mono
      value={typed}
      error={error}
      onChange={(next) => {
        setTyped(next);
        try {
          const read: unknown = JSON.parse(next);
          if (!isMembers(read)) throw new Error("not an object");
          setError(undefined);
          onChange(read);
        } catch {
          setError("This is no JSON object.");
        }
      }}
    />
  );
}
