import { type Members, text } from "../../../api/shapes";
import { Select } from "../../../ui/Field";
import { ENTITY_TYPES, EntityField } from "./EntityField";
import { EntityListField } from "./EntityListField";
import { GroupFields } from "./GroupFields";
import { RelationFields } from "./RelationFields";
import { StateEntityFields } from "./StateEntityFields";
import { NameFilter, TypesField } from "./TypesField";

export interface FieldsProps {
  kind: string;
  filter: Members;
  onChange: (part: Members) => void;
}

/** What a kind of alias is filled in with. */
export function AliasFields({ kind, filter, onChange }: FieldsProps) {
  const entityType = text(filter.entityType, "DEVICE");
  const typeField = (onType: (type: string) => void) => (
    <Select
      label="Entity type"
      choices={
        ENTITY_TYPES.some((one) => one.id === entityType)
          ? ENTITY_TYPES
          : [...ENTITY_TYPES, { id: entityType, label: entityType }]
      }
      value={entityType}
      onChange={onType}
    />
  );
  switch (kind) {
    case "singleEntity":
      return (
        <EntityField
          label="Entity"
          current
          value={filter.singleEntity}
          onChange={(singleEntity) => onChange({ singleEntity })}
        />
      );
    case "entityList":
      return (
        <>
          {typeField((next) => onChange({ entityType: next, entityList: [] }))}
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
          {typeField((next) => onChange({ entityType: next }))}
          <NameFilter
            value={filter.entityNameFilter}
            onChange={(entityNameFilter) => onChange({ entityNameFilter })}
          />
        </>
      );
    case "entityType":
      return typeField((next) => onChange({ entityType: next }));
    case "deviceType":
      return (
        <>
          <TypesField
            kind="device"
            types={filter.deviceTypes}
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
          <TypesField
            kind="asset"
            types={filter.assetTypes}
            onChange={(assetTypes) => onChange({ assetTypes })}
          />
          <NameFilter
            value={filter.assetNameFilter}
            onChange={(assetNameFilter) => onChange({ assetNameFilter })}
          />
        </>
      );
    case "stateEntity":
    case "stateEntityOwner":
      return <StateEntityFields filter={filter} onChange={onChange} />;
    case "relationsQuery":
    case "deviceSearchQuery":
    case "assetSearchQuery":
      return <RelationFields kind={kind} filter={filter} onChange={onChange} />;
    default:
      return <GroupFields kind={kind} filter={filter} onChange={onChange} />;
  }
}
