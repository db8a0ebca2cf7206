import { Plus, Trash2 } from "lucide-react";
import { type Members, members, number, text } from "../../../api/shapes";
import { Button, IconButton } from "../../../ui/Button";
import { Checkbox, NumberField, Select, Switch, TextField } from "../../../ui/Field";
import type { FieldsProps } from "./AliasFields";
import { ENTITY_TYPES, EntityField } from "./EntityField";
import { StateEntityFields } from "./StateEntityFields";
import { TypesField } from "./TypesField";

const DIRECTIONS = [
  { id: "FROM", label: "From the root" },
  { id: "TO", label: "To the root" },
] as const;

/** Where relations start, how far they are followed, and which of them count. */
export function RelationFields({ kind, filter, onChange }: FieldsProps) {
  const ofState = filter.rootStateEntity === true;
  return (
    <>
      <Switch
        label="The state's entity is the root"
        value={ofState}
        onChange={(rootStateEntity) => onChange({ rootStateEntity })}
      />
      {ofState ? (
        <StateEntityFields filter={filter} onChange={onChange} />
      ) : (
        <EntityField
          label="Root entity"
          value={filter.rootEntity}
          onChange={(rootEntity) => onChange({ rootEntity })}
        />
      )}
      <div className="settings-grid">
        <Select
          label="Direction"
          choices={DIRECTIONS}
          value={filter.direction === "TO" ? "TO" : "FROM"}
          onChange={(direction) => onChange({ direction })}
        />
        <NumberField
          label="Levels"
          description="0 for all."
          minValue={0}
          value={number(filter.maxLevel, 0)}
          onChange={(next) => onChange({ maxLevel: Number.isFinite(next) ? next : 0 })}
        />
      </div>
      <Switch
        label="Only the last level"
        value={filter.fetchLastLevelOnly === true}
        onChange={(fetchLastLevelOnly) => onChange({ fetchLastLevelOnly })}
      />
      {kind === "relationsQuery" ? (
        <RelationList
          list={Array.isArray(filter.filters) ? filter.filters.map(members) : []}
          onChange={(filters) => onChange({ filters })}
        />
      ) : (
        <>
          <TextField
            label="Relation type"
            value={text(filter.relationType)}
            onChange={(relationType) => onChange({ relationType })}
            description="Empty for any."
          />
          {kind === "deviceSearchQuery" ? (
            <TypesField
              kind="device"
              types={filter.deviceTypes}
              onChange={(deviceTypes) => onChange({ deviceTypes })}
            />
          ) : (
            <TypesField
              kind="asset"
              types={filter.assetTypes}
              onChange={(assetTypes) => onChange({ assetTypes })}
            />
          )}
        </>
      )}
    </>
  );
}

/** Which relations count: one of these; all when there are none. */
function RelationList({ list, onChange }: { list: Members[]; onChange: (list: Members[]) => void }) {
  const put = (index: number, part: Members) =>
    onChange(list.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <>
      {list.map((one, index) => {
        const kinds = Array.isArray(one.entityTypes) ? one.entityTypes.map(String) : [];
        return (
          <fieldset key={index} className="settings-group">
            <legend className="field-label">Relation{list.length > 1 ? ` ${index + 1}` : ""}</legend>
            <div className="alias-choice">
              <TextField
                label="Relation type"
                value={text(one.relationType)}
                onChange={(relationType) => put(index, { relationType })}
                description="Empty for any."
              />
              <IconButton
                label="Remove the relation"
                icon={<Trash2 aria-hidden />}
                onPress={() => onChange(list.filter((_, at) => at !== index))}
              />
            </div>
            <div className="row" role="group" aria-label="Leads to">
              {ENTITY_TYPES.map(({ id, label }) => (
                <Checkbox
                  key={id}
                  label={label}
                  value={kinds.includes(id)}
                  onChange={(on) =>
                    put(index, { entityTypes: on ? [...kinds, id] : kinds.filter((kind) => kind !== id) })
                  }
                />
              ))}
            </div>
            <Checkbox
              label="Any type but this one"
              value={one.negate === true}
              onChange={(negate) => put(index, { negate })}
            />
          </fieldset>
        );
      })}
      <div>
        <Button
          icon={<Plus aria-hidden />}
          onPress={() => onChange([...list, { relationType: "Contains", entityTypes: [] }])}
        >
          Add a relation
        </Button>
      </div>
    </>
  );
}
