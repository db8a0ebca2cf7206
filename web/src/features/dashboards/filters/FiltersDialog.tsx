import { ListFilter, Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { type Members, flag, members, text } from "../../../api/shapes";
import { Button, IconButton } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Empty } from "../../../ui/Notice";
import { filterUsersOf, withFilter, withoutFilter } from "../stored/edit";
import { newId } from "../stored/newId";
import { FilterForm } from "./FilterForm";
import { described } from "./predicates";

interface FiltersProps {
  configuration: Members;
  onChange: (configuration: Members) => void;
  onClose: () => void;
}

/** The filters of a dashboard: conditions on values, by which widgets leave entities out. */
export function FiltersDialog({ configuration, onChange, onClose }: FiltersProps) {
  const [edited, setEdited] = useState<{ id: string; filter: Members | undefined }>();
  const all = Object.entries(members(configuration.filters)).map(([id, raw]) => ({ id, ...named(raw) }));
  return (
    <Dialog title="Filters" isOpen onClose={onClose} foot={<Button onPress={onClose}>Done</Button>}>
      {all.length === 0 ? (
        <Empty icon={<ListFilter />} title="No filter yet">
          A filter keeps only the entities whose values meet its conditions. Widgets choose one at their data
          source.
        </Empty>
      ) : (
        <ul className="alias-list" aria-label="Filters">
          {all.map(({ id, name, filter }) => {
            const users = filterUsersOf(configuration, id);
            return (
              <li key={id} className="alias-row">
                <div className="alias-text">
                  <p className="table-name">{name}</p>
                  <p className="small soft">{described(filter)}</p>
                  {users.length > 0 && <p className="small soft">Used by {users.join(", ")}</p>}
                </div>
                <IconButton
                  label={`Edit filter ${name}`}
                  icon={<Pencil aria-hidden />}
                  onPress={() => setEdited({ id, filter })}
                />
                <IconButton
                  label={users.length > 0 ? `Delete filter ${name}: widgets use it` : `Delete filter ${name}`}
                  icon={<Trash2 aria-hidden />}
                  isDisabled={users.length > 0}
                  onPress={() => onChange(withoutFilter(configuration, id))}
                />
              </li>
            );
          })}
        </ul>
      )}
      <div>
        <Button icon={<Plus aria-hidden />} onPress={() => setEdited({ id: newId(), filter: undefined })}>
          Add filter
        </Button>
      </div>
      {edited && (
        <FilterForm
          filter={edited.filter}
          taken={all.map((one) => one.name)}
          onClose={() => setEdited(undefined)}
          onDone={(filter) => {
            onChange(withFilter(configuration, edited.id, filter));
            setEdited(undefined);
          }}
        />
      )}
    </Dialog>
  );
}

function named(raw: unknown): { name: string; filter: Members } {
  const filter = members(raw);
  return {
    name: text(filter.filter) || "Filter",
    filter: { editable: flag(filter.editable, true), ...filter },
  };
}
