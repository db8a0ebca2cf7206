import { ListFilter } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from "react-aria-components";
import type { Members } from "../../../api/shapes";
import { Button } from "../../../ui/Button";
import { type Chosen, editables, withChosen } from "./predicates";
import { ValueField } from "./ValueField";

interface ValuesProps {
  /** As stored. */
  filters: Members;
  chosen: Chosen;
  onChoose: (chosen: Chosen) => void;
}

/** The values of filters that people may change while they look; nothing where there are none. */
export function FilterValues({ filters, chosen, onChoose }: ValuesProps) {
  if (editables(filters).length === 0) return null;
  return (
    <DialogTrigger>
      <AriaButton className="button button-secondary">
        <ListFilter aria-hidden />
        <span>Filters</span>
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Dialog className="window-dialog" aria-label="Filters">
          {({ close }) => (
            <Form
              filters={filters}
              chosen={chosen}
              onChoose={(next) => {
                onChoose(next);
                close();
              }}
            />
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function Form({ filters, chosen, onChoose }: ValuesProps) {
  const [next, setNext] = useState(chosen);
  const all = editables(withChosen(filters, next));
  const names = [...new Set(all.map((one) => one.filter))];
  return (
    <div className="window-form">
      {names.map((name) => (
        <fieldset key={name} className="settings-group">
          <legend className="field-label">{name}</legend>
          {all
            .filter((one) => one.filter === name)
            .map((one) => {
              const at = one.path.join("/");
              return (
                <ValueField
                  key={at}
                  label={one.label}
                  type={one.type}
                  value={one.value}
                  onChange={(value) => setNext(new Map([...next, [at, value]]))}
                />
              );
            })}
        </fieldset>
      ))}
      <div className="row">
        <Button look="primary" onPress={() => onChoose(next)}>
          Show
        </Button>
        {chosen.size > 0 && <Button onPress={() => onChoose(new Map())}>As saved</Button>}
      </div>
    </div>
  );
}
