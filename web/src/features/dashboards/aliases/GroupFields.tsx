import { useQuery } from "@tanstack/react-query";
import { text } from "../../../api/shapes";
import { Select, Switch, TextField } from "../../../ui/Field";
import type { FieldsProps } from "./AliasFields";
import { ENTITY_TYPES } from "./EntityField";
import { EntityListField } from "./EntityListField";
import { groupsOf } from "./requests";
import { NameFilter } from "./TypesField";

/** Groups of entities: one, some, or by their names. */
export function GroupFields({ kind, filter, onChange }: FieldsProps) {
  const ofState = filter.groupStateEntity === true;
  const typeKey = ofState ? "defaultStateGroupType" : "groupType";
  const groupType = text(filter[typeKey], "DEVICE");
  const name = text(filter.entityGroupNameFilter);
  return (
    <>
      {kind === "entityGroup" && (
        <Switch
          label="The state's entity is the group"
          value={ofState}
          onChange={(groupStateEntity) => onChange({ groupStateEntity })}
        />
      )}
      {ofState && (
        <TextField
          label="State parameter"
          value={text(filter.stateEntityParamName)}
          onChange={(next) => onChange({ stateEntityParamName: next.trim() || null })}
          description="Empty for the group that the state was opened with."
        />
      )}
      <Select
        label="Kind of members"
        choices={ENTITY_TYPES}
        value={ENTITY_TYPES.find((one) => one.id === groupType)?.id}
        onChange={(next) =>
          onChange({
            [typeKey]: next,
            ...(kind === "entityGroup"
              ? { [ofState ? "defaultStateEntityGroup" : "entityGroup"]: null }
              : {}),
            ...(kind === "entityGroupList" ? { entityGroupList: [] } : {}),
          })
        }
      />
      {kind === "entityGroup" && (
        <GroupSelect
          label={ofState ? "Group when the state has none" : "Group"}
          groupType={groupType}
          value={text(filter[ofState ? "defaultStateEntityGroup" : "entityGroup"])}
          onChange={(id) => onChange({ [ofState ? "defaultStateEntityGroup" : "entityGroup"]: id })}
        />
      )}
      {kind === "entityGroupList" && (
        <EntityListField
          entityType="ENTITY_GROUP"
          ids={Array.isArray(filter.entityGroupList) ? filter.entityGroupList.map(String) : []}
          onChange={(entityGroupList) => onChange({ entityGroupList })}
        />
      )}
      {kind === "entityGroupName" && (
        <NameFilter value={name} onChange={(entityGroupNameFilter) => onChange({ entityGroupNameFilter })} />
      )}
      {kind === "entitiesByGroupName" && (
        <TextField
          label="Name of the group"
          value={name}
          onChange={(entityGroupNameFilter) => onChange({ entityGroupNameFilter })}
        />
      )}
    </>
  );
}

interface GroupProps {
  label: string;
  groupType: string;
  value: string;
  onChange: (id: string) => void;
}

function GroupSelect({ label, groupType, value, onChange }: GroupProps) {
  const groups = useQuery({
    queryKey: ["entity-groups", groupType],
    queryFn: () => groupsOf(groupType),
    retry: false,
  });
  return (
    <Select
      label={label}
      choices={groups.data ?? []}
      value={groups.data?.find((one) => one.id === value)?.id}
      onChange={onChange}
      placeholder={groups.isPending ? "Looking" : "Choose a group"}
      error={groups.isError ? "The groups cannot be read." : undefined}
    />
  );
}
