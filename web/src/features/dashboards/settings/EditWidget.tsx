import { useState } from "react";
import { type Members, members, text } from "../../../api/shapes";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import type { Alias, Widget } from "../stored/model";
import { PLACE_FIELDS } from "./boardFields";
import { entryOf } from "./catalogue";
import { FieldInputs } from "./FieldInput";
import type { NamedFilter } from "./SourceFields";
import { WidgetForm } from "./WidgetForm";

interface EditProps {
  widget: Widget;
  stored: Members;
  /** Its stored place in the layout that is looked at. */
  place: Members;
  aliases: readonly Alias[];
  filters: readonly NamedFilter[];
  onClose: () => void;
  /** With a place where that was changed too. */
  onDone: (config: Members, place: Members | undefined) => void;
  onAlias: (id: string, name: string, filter: Members) => void;
}

/** The settings of a widget that is there. What the form does not know of it stays. */
export function EditWidget(props: EditProps) {
  const { widget, stored, place: placed, aliases, filters, onClose, onDone, onAlias } = props;
  const [place, setPlace] = useState<Members>();
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
          <Button look="primary" onPress={() => onDone(config, place)}>
            Apply
          </Button>
        </>
      }
    >
      <p className="soft small">
        {entry.label} <code>{text(stored.typeFullFqn)}</code>
      </p>
      <WidgetForm
        entry={entry}
        config={config}
        aliases={aliases}
        filters={filters}
        onChange={setConfig}
        onAlias={onAlias}
      />
      <fieldset className="settings-group">
        <legend className="field-label">On which screens</legend>
        <FieldInputs fields={PLACE_FIELDS} config={place ?? placed} onChange={setPlace} />
      </fieldset>
      <TextField
        label="CSS of the widget"
        multiline={4}
        mono
        value={text(config.widgetCss)}
        onChange={(widgetCss) => setConfig({ ...config, widgetCss })}
        description="Holds for this widget alone: plain rules, @media and @keyframes."
      />
    </Dialog>
  );
}
