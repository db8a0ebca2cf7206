import type { ReactNode } from "react";
import { Braces, Plus, Trash2 } from "lucide-react";
import { type Members, isMembers, members, text } from "../../../api/shapes";
import { Button, IconButton } from "../../../ui/Button";
import { Checkbox, Select, TextField } from "../../../ui/Field";
import {
  JUNCTIONS,
  SOURCES,
  type ValueType,
  listOf,
  meaningOf,
  newGroup,
  newPredicate,
  operationsOf,
  withMeaning,
} from "./predicates";
import { ValueField } from "./ValueField";

const FIXED = "FIXED";
const DEEPEST = 3;

interface ListProps {
  type: ValueType;
  list: Members[];
  /** How they are joined: `AND` or `OR`. */
  operation: string;
  depth?: number;
  /** Beside the buttons that add. */
  more?: ReactNode;
  onChange: (list: Members[], operation: string) => void;
}

/** Conditions on one value, and how they are joined. */
export function PredicateList({ type, list, operation, depth = 0, more, onChange }: ListProps) {
  const put = (next: Members[]) => onChange(next, operation);
  return (
    <>
      {list.length > 1 && (
        <div className="settings-grid">
          <Select
            label="Joined by"
            choices={JUNCTIONS}
            value={operation === "OR" ? "OR" : "AND"}
            onChange={(next) => onChange(list, next)}
          />
        </div>
      )}
      {list.map((one, index) => (
        <PredicateFields
          key={index}
          type={type}
          stored={one}
          depth={depth}
          onChange={(next) => put(list.map((other, at) => (at === index ? next : other)))}
          onRemove={list.length > 1 ? () => put(list.filter((_, at) => at !== index)) : undefined}
        />
      ))}
      <div className="row">
        <Button look="quiet" icon={<Plus aria-hidden />} onPress={() => put([...list, newPredicate(type)])}>
          Add a comparison
        </Button>
        {depth < DEEPEST && (
          <Button look="quiet" icon={<Braces aria-hidden />} onPress={() => put([...list, newGroup(type)])}>
            Add a group
          </Button>
        )}
        {more}
      </div>
    </>
  );
}

interface PredicateProps {
  type: ValueType;
  stored: Members;
  depth: number;
  onChange: (stored: Members) => void;
  onRemove: (() => void) | undefined;
}

function PredicateFields({ type, stored, depth, onChange, onRemove }: PredicateProps) {
  const meaning = meaningOf(stored);
  const put = (part: Members) => onChange(withMeaning(stored, { ...meaning, ...part }));
  const remove = onRemove && (
    <IconButton
      label={meaning.type === "COMPLEX" ? "Remove the group" : "Remove the comparison"}
      icon={<Trash2 aria-hidden />}
      onPress={onRemove}
    />
  );
  if (meaning.type === "COMPLEX")
    return (
      <fieldset className="settings-group">
        <legend className="field-label">Group</legend>
        <PredicateList
          type={type}
          list={listOf(meaning.predicates)}
          operation={text(meaning.operation, "AND")}
          depth={depth + 1}
          more={remove}
          onChange={(predicates, operation) => put({ predicates, operation })}
        />
      </fieldset>
    );
  const value = members(meaning.value);
  const from = members(value.dynamicValue);
  const source = SOURCES.find((one) => one.id === from.sourceType)?.id ?? FIXED;
  const info = members(stored.userInfo);
  const wrapped = isMembers(stored.keyFilterPredicate);
  return (
    <div className="predicate">
      <Select
        label="Comparison"
        choices={operationsOf(type)}
        value={text(meaning.operation)}
        onChange={(operation) => put({ operation })}
      />
      <ValueField
        label={source === FIXED ? "Value" : "Value otherwise"}
        type={type}
        value={value.defaultValue}
        onChange={(defaultValue) => put({ value: { ...value, defaultValue } })}
      />
      <Select
        label="Compared with"
        choices={[{ id: FIXED, label: "The value here" }, ...SOURCES.map(attributeOf)]}
        value={source}
        onChange={(next) =>
          put({
            value: {
              ...value,
              dynamicValue:
                next === FIXED ? null : { inherit: false, sourceAttribute: "", ...from, sourceType: next },
            },
          })
        }
      />
      {source !== FIXED && (
        <TextField
          label="Server attribute"
          mono
          value={text(from.sourceAttribute)}
          onChange={(sourceAttribute) =>
            put({ value: { ...value, dynamicValue: { ...from, sourceAttribute } } })
          }
        />
      )}
      <div className="predicate-flags">
        {type === "STRING" && (
          <Checkbox
            label="Ignore case"
            value={meaning.ignoreCase === true}
            onChange={(ignoreCase) => put({ ignoreCase })}
          />
        )}
        {wrapped && (
          <Checkbox
            label="Can be changed on the toolbar"
            value={info.editable === true}
            onChange={(editable) => onChange({ ...stored, userInfo: { ...info, editable } })}
          />
        )}
        {remove}
      </div>
      {info.editable === true && (
        <TextField
          label="Label on the toolbar"
          placeholder="Key and comparison"
          value={info.autogeneratedLabel === true ? "" : text(info.label)}
          onChange={(label) =>
            onChange({ ...stored, userInfo: { ...info, label, autogeneratedLabel: label === "" } })
          }
        />
      )}
    </div>
  );
}

function attributeOf({ id, label }: (typeof SOURCES)[number]) {
  return { id, label: `Attribute of ${label}` };
}
