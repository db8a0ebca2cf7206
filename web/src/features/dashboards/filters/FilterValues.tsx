import { ListFilter } from "lucide-react";
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
  const all = editables(withChosen(filters, chosen));
  if (all.length === 0) return null;
  const names = [...new Set(all.map((one) => one.filter))];
  return (
    <DialogTrigger>
      <AriaButton className="button button-secondary">
        <ListFilter aria-hidden />
        <span>Filters</span>
      </AriaButton>
      <Popover className="popover" placement="bottom end">
        <Dialog className="window-dialog" aria-label="Filters">
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
                        onChange={(value) => onChoose(new Map([...chosen, [at, value]]))}
                      />
                    );
                  })}
              </fieldset>
            ))}
            {chosen.size > 0 && <Button onPress={() => onChoose(new Map())}>As saved</Button>}
          </div>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
