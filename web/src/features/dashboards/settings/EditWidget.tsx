import { useState } from "react";
import { type Members, members, text } from "../../../api/shapes";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import type { Alias, Widget } from "../stored/model";
import { entryOf } from "./catalogue";
import { WidgetForm } from "./WidgetForm";

interface EditProps {
  widget: Widget;
  stored: Members;
  aliases: readonly Alias[];
  onClose: () => void;
  onDone: (config: Members) => void;
  onAlias: (id: string, name: string, filter: Members) => void;
}

/** The settings of a widget that is there. What the form does not know of it stays. */
export function EditWidget({ widget, stored, aliases, onClose, onDone, onAlias }: EditProps) {
  const [config, setConfig] = useState(members(stored.config));
  const entry = entryOf(widget.fqn, widget.type, stored.type);
  return (
    <Dialog
      title={`Edit ${widget.title || entry.label}`}
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" onPress={() => onDone(config)}>
            Apply
          </Button>
        </>
      }
    >
      <p className="soft small">
        {entry.label} <code>{text(stored.typeFullFqn)}</code>
      </p>
      <WidgetForm entry={entry} config={config} aliases={aliases} onChange={setConfig} onAlias={onAlias} />
    </Dialog>
  );
}
