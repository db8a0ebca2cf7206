import { type Members, text } from "../../../api/shapes";
import { TextField } from "../../../ui/Field";
import { EntityField } from "./EntityField";

/** The entity that a state was opened with, or another while it has none. */
export function StateEntityFields({
  filter,
  onChange,
}: {
  filter: Members;
  onChange: (part: Members) => void;
}) {
  return (
    <>
      <TextField
        label="State parameter"
        value={text(filter.stateEntityParamName)}
        onChange={(next) => onChange({ stateEntityParamName: next.trim() || null })}
        description="Empty for the entity that the state was opened with."
      />
      <EntityField
        label="Entity when the state has none"
        value={filter.defaultStateEntity}
        onChange={(defaultStateEntity) => onChange({ defaultStateEntity })}
      />
    </>
  );
}
