import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { IconButton } from "../../../ui/Button";
import { EntityPicker } from "./EntityPicker";
import { resolve } from "./requests";

interface ListProps {
  entityType: string;
  ids: string[];
  onChange: (ids: string[]) => void;
}

/** Some entities of one kind, each by name. */
export function EntityListField({ entityType, ids, onChange }: ListProps) {
  const found = useQuery({
    queryKey: ["entity-names", entityType, ids],
    queryFn: () => resolve({ type: "entityList", entityType, entityList: ids }, Math.max(ids.length, 1)),
    enabled: ids.length > 0,
    placeholderData: (before) => before,
  });
  const names = new Map((found.data?.first ?? []).map((one) => [one.entity.id, one.name]));
  return (
    <>
      <EntityPicker
        label="Add an entity"
        entityType={entityType}
        chosen=""
        many
        onChoose={({ entity }) => {
          if (!ids.includes(entity.id)) onChange([...ids, entity.id]);
        }}
      />
      {ids.length > 0 && (
        <ul className="chosen" aria-label="Chosen entities">
          {ids.map((id) => {
            const name = names.get(id) ?? (found.isFetching ? "…" : `${id} (not found)`);
            return (
              <li key={id}>
                {name}
                <IconButton
                  label={`Remove ${name}`}
                  icon={<X aria-hidden />}
                  onPress={() => onChange(ids.filter((one) => one !== id))}
                />
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}
