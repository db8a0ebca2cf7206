import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { type Members, isMembers, members, text } from "../../../api/shapes";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Select, Switch, TextField } from "../../../ui/Field";
import { PredicateList } from "./PredicateFields";
import { KEY_TYPES, VALUE_TYPES, described, listOf, newPredicate, valueTypeOf } from "./predicates";

interface FormProps {
  filter: Members | undefined;
  /** Names that are taken. */
  taken: readonly string[];
  onClose: () => void;
  onDone: (filter: Members) => void;
}

/** Conditions on values of entities, under a name. */
export function FilterForm({ filter: stored, taken, onClose, onDone }: FormProps) {
  const [filter, setFilter] = useState<Members>(
    stored ? withLists(stored) : { filter: "", editable: true, keyFilters: [newKeyFilter()] },
  );
  const name = text(filter.filter);
  const clash = taken.includes(name.trim()) && name.trim() !== text(stored?.filter);
  const conditions = listOf(filter.keyFilters);
  const put = (keyFilters: Members[]) => setFilter({ ...filter, keyFilters });
  const complete = conditions.length > 0 && conditions.every(isComplete);
  return (
    <Dialog
      title={stored ? `Edit filter ${text(stored.filter)}` : "New filter"}
      isOpen
      wide
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            look="primary"
            isDisabled={!name.trim() || clash || !complete}
            onPress={() => onDone({ ...filter, filter: name.trim() })}
          >
            {stored ? "Apply" : "Add filter"}
          </Button>
        </>
      }
    >
      <div className="settings-grid">
        <TextField
          label="Filter name"
          value={name}
          onChange={(next) => setFilter({ ...filter, filter: next })}
          isRequired
          autoFocus
          error={clash ? "There is a filter of this name." : undefined}
        />
        <Switch
          label="Values can be changed on the toolbar"
          description="Of the conditions that allow it."
          value={filter.editable !== false}
          onChange={(editable) => setFilter({ ...filter, editable })}
        />
      </div>
      {conditions.map((one, index) => (
        <KeyFilterFields
          key={index}
          number={conditions.length > 1 ? ` ${index + 1}` : ""}
          stored={one}
          onChange={(next) => put(conditions.map((other, at) => (at === index ? next : other)))}
          onRemove={conditions.length > 1 ? () => put(conditions.filter((_, at) => at !== index)) : undefined}
        />
      ))}
      <div>
        <Button icon={<Plus aria-hidden />} onPress={() => put([...conditions, newKeyFilter()])}>
          Add a key
        </Button>
      </div>
      <p className="soft small" role="status">
        Keeps entities with: {described(filter)}
      </p>
    </Dialog>
  );
}

/** A single condition, as programs store it, in the form that people's are stored in. */
function withLists(filter: Members): Members {
  const keyFilters = listOf(filter.keyFilters).map((one) => {
    const { predicate, ...rest } = one;
    return isMembers(predicate) ? { ...rest, predicates: [{ keyFilterPredicate: predicate }] } : one;
  });
  return { ...filter, keyFilters };
}

function newKeyFilter(): Members {
  return {
    key: { type: "TIME_SERIES", key: "" },
    valueType: "NUMERIC",
    predicates: [newPredicate("NUMERIC")],
  };
}

function isComplete(one: Members): boolean {
  return text(members(one.key).key).trim() !== "" && listOf(one.predicates).length > 0;
}

interface KeyProps {
  number: string;
  stored: Members;
  onChange: (stored: Members) => void;
  onRemove: (() => void) | undefined;
}

function KeyFilterFields({ number, stored, onChange, onRemove }: KeyProps) {
  const key = members(stored.key);
  const type = valueTypeOf(stored.valueType);
  return (
    <fieldset className="settings-group">
      <legend className="field-label">Condition{number}</legend>
      <div className="settings-grid">
        <Select
          label="Kind of key"
          choices={KEY_TYPES}
          value={KEY_TYPES.find((one) => one.id === key.type)?.id}
          onChange={(next) => onChange({ ...stored, key: { ...key, type: next } })}
        />
        <TextField
          label="Key"
          mono
          value={text(key.key)}
          onChange={(next) => onChange({ ...stored, key: { ...key, key: next } })}
          description={key.type === "ENTITY_FIELD" ? "name, label, type or createdTime" : undefined}
        />
        <Select
          label="Its values are"
          choices={VALUE_TYPES}
          value={type}
          onChange={(next) => onChange({ ...stored, valueType: next, predicates: [newPredicate(next)] })}
        />
      </div>
      <PredicateList
        type={type}
        list={listOf(stored.predicates)}
        operation={text(stored.predicatesOperation, "AND")}
        onChange={(predicates, operation) =>
          onChange({
            ...stored,
            predicates,
            // Absent means that all hold: what was stored without it stays so.
            ...(operation !== "AND" || stored.predicatesOperation !== undefined
              ? { predicatesOperation: operation }
              : {}),
          })
        }
      />
      {onRemove && (
        <div>
          <Button look="quiet" icon={<Trash2 aria-hidden />} onPress={onRemove}>
            Remove the key
          </Button>
        </div>
      )}
    </fieldset>
  );
}
