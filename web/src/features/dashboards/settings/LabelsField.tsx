import { Plus, Trash2 } from "lucide-react";
import { type Members, members, number, text } from "../../../api/shapes";
import { Button, IconButton } from "../../../ui/Button";
import { NumberField, TextField } from "../../../ui/Field";

/** Texts with values in them, each at a place of a picture (in percent from its left and upper edge). */
export function LabelsField({ value, onChange }: { value: unknown; onChange: (labels: Members[]) => void }) {
  const labels = Array.isArray(value) ? value.map(members) : [];
  const put = (index: number, part: Members) =>
    onChange(labels.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <>
      {labels.map((label, index) => (
        <fieldset key={index} className="key-row label-row">
          <legend className="small">Label {index + 1}</legend>
          <TextField
            label="Text"
            value={text(label.pattern)}
            onChange={(pattern) => put(index, { pattern })}
            placeholder="${temperature:1} °C"
          />
          <NumberField
            label="Left (%)"
            minValue={0}
            maxValue={100}
            value={number(label.x, 0)}
            onChange={(x) => put(index, { x: Number.isFinite(x) ? x : 0 })}
          />
          <NumberField
            label="Top (%)"
            minValue={0}
            maxValue={100}
            value={number(label.y, 0)}
            onChange={(y) => put(index, { y: Number.isFinite(y) ? y : 0 })}
          />
          <IconButton
            label={`Remove label ${index + 1}`}
            icon={<Trash2 aria-hidden />}
            onPress={() => onChange(labels.filter((_, at) => at !== index))}
          />
        </fieldset>
      ))}
      <div>
        <Button
          icon={<Plus aria-hidden />}
          onPress={() => onChange([...labels, { pattern: "${#0}", x: 10, y: 10 }])}
        >
          Add a label
        </Button>
      </div>
    </>
  );
}
