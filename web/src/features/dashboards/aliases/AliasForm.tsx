import { useState } from "react";
import { type Members, isMembers, text } from "../../../api/shapes";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Select, Switch, TextField } from "../../../ui/Field";
import { Notice } from "../../../ui/Notice";
import type { Alias } from "../stored/model";
import { AliasFields } from "./AliasFields";
import { AliasPreview } from "./AliasPreview";
import { KINDS, MANY, beginning, complete, whyUnknown } from "./kinds";

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
      <Select
        label="Filter"
        choices={known ? KINDS : [...KINDS, { id: kind, label: `${kind} (as it came)` }]}
        value={kind}
        onChange={(type) => {
          if (type !== kind) setFilter({ type, resolveMultiple: MANY.includes(type), ...beginning(type) });
        }}
      />
      {known ? (
        <AliasFields
          key={kind}
          kind={kind}
          filter={filter}
          onChange={(part) => setFilter({ ...filter, ...part })}
        />
      ) : (
        <>
          <Notice tone="info" title={whyUnknown(kind)}>
            It is kept as it is, and can be changed as JSON.
          </Notice>
          <RawFilter filter={filter} onChange={setFilter} />
        </>
      )}
      {MANY.includes(kind) && (
        <Switch
          label="Resolve as multiple entities"
          description="Off: one of them, the first by name unless another is chosen on the toolbar."
          value={many}
          onChange={(next) => setFilter({ ...filter, resolveMultiple: next })}
        />
      )}
      <AliasPreview filter={filter} many={many} />
    </Dialog>
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
