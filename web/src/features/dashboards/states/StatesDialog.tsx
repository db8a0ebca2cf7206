import { Plus, Star, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Members } from "../../../api/shapes";
import { Button, IconButton } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { stateIdOf, withRoot, withState, withoutState } from "../stored/edit";
import type { State } from "../stored/model";

interface StatesProps {
  configuration: Members;
  states: State[];
  onChange: (configuration: Members) => void;
  onClose: () => void;
}

/** The states of a dashboard: pages that widgets lead to, one of them the first. */
export function StatesDialog({ configuration, states, onChange, onClose }: StatesProps) {
  const [name, setName] = useState("");
  const add = () => {
    const id = stateIdOf(
      name,
      states.map((one) => one.id),
    );
    onChange(withState(configuration, id, name.trim()));
    setName("");
  };
  return (
    <Dialog title="States" isOpen onClose={onClose} foot={<Button onPress={onClose}>Done</Button>}>
      <p className="soft">
        A state is a page of the dashboard. A row of a table can open one with its entity, which the alias
        “Entity of the dashboard's state” then means.
      </p>
      <ul className="alias-list" aria-label="States">
        {states.map((state) => (
          <li key={state.id} className="alias-row">
            <div className="alias-text">
              <TextField
                label={`Name of ${state.id}`}
                value={state.name}
                onChange={(next) => onChange(withState(configuration, state.id, next))}
                description={state.root ? "The first state" : undefined}
              />
            </div>
            <IconButton
              label={`Make ${state.name} the first state`}
              icon={<Star aria-hidden />}
              isDisabled={state.root}
              onPress={() => onChange(withRoot(configuration, state.id))}
            />
            <IconButton
              label={`Delete state ${state.name}`}
              icon={<Trash2 aria-hidden />}
              isDisabled={state.root || states.length < 2}
              onPress={() => onChange(withoutState(configuration, state.id))}
            />
          </li>
        ))}
      </ul>
      <div className="alias-choice">
        <TextField label="New state" value={name} onChange={setName} placeholder="Details of ${entityName}" />
        <Button icon={<Plus aria-hidden />} isDisabled={!name.trim()} onPress={add}>
          Add state
        </Button>
      </div>
    </Dialog>
  );
}
