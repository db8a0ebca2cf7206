import { Pencil, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Members } from "../../../api/shapes";
import { Button, IconButton } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Empty } from "../../../ui/Notice";
import { Tags } from "lucide-react";
import { usersOf, withAlias, withoutAlias } from "../stored/edit";
import type { Alias } from "../stored/model";
import { newId } from "../stored/newId";
import { AliasForm } from "./AliasForm";
import { AliasPreview } from "./AliasPreview";
import { described } from "./filter";

interface AliasesProps {
  configuration: Members;
  aliases: ReadonlyMap<string, Alias>;
  onChange: (configuration: Members) => void;
  onClose: () => void;
}

/** The entities that a dashboard is about: names for filters, used by its widgets. */
export function AliasesDialog({ configuration, aliases, onChange, onClose }: AliasesProps) {
  const [edited, setEdited] = useState<{ id: string; alias: Alias | undefined }>();
  const all = [...aliases.values()];
  return (
    <Dialog title="Entity aliases" isOpen onClose={onClose} foot={<Button onPress={onClose}>Done</Button>}>
      {all.length === 0 ? (
        <Empty icon={<Tags />} title="No alias yet">
          An alias names the entities that widgets are about: one device, a list, or all of a type.
        </Empty>
      ) : (
        <ul className="alias-list" aria-label="Aliases">
          {all.map((alias) => (
            <AliasRow
              key={alias.id}
              alias={alias}
              users={usersOf(configuration, alias.id)}
              onEdit={() => setEdited({ id: alias.id, alias })}
              onDelete={() => onChange(withoutAlias(configuration, alias.id))}
            />
          ))}
        </ul>
      )}
      <div>
        <Button icon={<Plus aria-hidden />} onPress={() => setEdited({ id: newId(), alias: undefined })}>
          Add alias
        </Button>
      </div>
      {edited && (
        <AliasForm
          alias={edited.alias}
          taken={all.map((one) => one.name)}
          onClose={() => setEdited(undefined)}
          onDone={(name, filter) => {
            onChange(withAlias(configuration, edited.id, name, filter));
            setEdited(undefined);
          }}
        />
      )}
    </Dialog>
  );
}

interface RowProps {
  alias: Alias;
  users: string[];
  onEdit: () => void;
  onDelete: () => void;
}

function AliasRow({ alias, users, onEdit, onDelete }: RowProps) {
  return (
    <li className="alias-row">
      <div className="alias-text">
        <p className="table-name">{alias.name}</p>
        <p className="small soft">{described(alias.filter)}</p>
        <p className="small">
          <AliasPreview filter={alias.filter} many={alias.many} />
        </p>
        {users.length > 0 && <p className="small soft">Used by {users.join(", ")}</p>}
      </div>
      <IconButton label={`Edit alias ${alias.name}`} icon={<Pencil aria-hidden />} onPress={onEdit} />
      <IconButton
        label={users.length > 0 ? `Delete alias ${alias.name}: widgets use it` : `Delete alias ${alias.name}`}
        icon={<Trash2 aria-hidden />}
        isDisabled={users.length > 0}
        onPress={onDelete}
      />
    </li>
  );
}
