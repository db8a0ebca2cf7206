import { type Members, text } from "../../../api/shapes";
import { NumberField, Select, Switch, TextField } from "../../../ui/Field";
import { type Field, isOld, OLD_CONTROL, valueAt, withValue } from "./fields";
import { JsonText } from "./JsonText";
import { ColourField } from "./ColourField";
import { LabelsField } from "./LabelsField";
import { PictureField } from "./PictureField";
import { GetField, SetField } from "./ActionFields";
import { StateField } from "./StateField";

interface FieldsProps {
  fields: readonly Field[];
  config: Members;
  onChange: (config: Members) => void;
}

/** The fields of a form, one after the other; controls of the older form have their own. */
export function FieldInputs({ fields, config, onChange }: FieldsProps) {
  const old = fields.some((one) => isOld(config, one) && one.kind === "get");
  const shown = old
    ? [...fields.filter((one) => one.kind !== "get" && one.kind !== "set"), ...OLD_CONTROL]
    : fields;
  const small = shown.filter((one) => ["number", "choice", "colour"].includes(one.kind) || isShort(one));
  const large = shown.filter((one) => !small.includes(one));
  return (
    <>
      {small.length > 0 && (
        <div className="settings-grid">
          {small.map((one) => (
            <FieldInput key={one.path + one.label} field={one} config={config} onChange={onChange} />
          ))}
        </div>
      )}
      {large.map((one) => (
        <FieldInput key={one.path + one.label} field={one} config={config} onChange={onChange} />
      ))}
    </>
  );
}

function isShort(field: Field): boolean {
  return field.kind === "text" && !field.multiline;
}

function FieldInput({ field, config, onChange }: { field: Field } & Omit<FieldsProps, "fields">) {
  const value = valueAt(config, field.path);
  const put = (next: unknown) => onChange(withValue(config, field.path, next));
  const { label, description } = field;
  switch (field.kind) {
    case "number": {
      const read = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      return (
        <NumberField
          label={label}
          description={description}
          value={typeof read === "number" ? read : (field.otherwise ?? NaN)}
          minValue={field.least}
          maxValue={field.most}
          onChange={(next) => put(Number.isFinite(next) ? next : undefined)}
        />
      );
    }
    case "text":
      return field.json ? (
        <JsonText
          label={label}
          description={description}
          rows={field.multiline}
          value={text(value, field.otherwise)}
          onChange={put}
        />
      ) : (
        <TextField
          label={label}
          description={description}
          multiline={field.multiline}
          mono={field.mono}
          value={text(value, field.otherwise)}
          onChange={put}
        />
      );
    case "flag":
      return (
        <Switch
          label={label}
          description={description}
          value={typeof value === "boolean" ? value : field.otherwise}
          onChange={put}
        />
      );
    case "choice": {
      const stored: unknown = field.list && Array.isArray(value) ? value[0] : value;
      return (
        <Select
          label={label}
          description={description}
          choices={field.choices}
          value={text(stored, field.otherwise)}
          onChange={(next) => put(field.list ? (next === field.otherwise ? [] : [next]) : next)}
        />
      );
    }
    case "colour": {
      const stored = text(value);
      const plain = (colour: string) => colour.replace(/\s/g, "").toLowerCase();
      return (
        <ColourField
          label={label}
          name={label.toLowerCase()}
          value={field.usual && plain(stored) === plain(field.usual) ? "" : stored}
          onChange={(next) => put(next || field.usual)}
        />
      );
    }
    case "picture":
      return <PictureField label={label} description={description} value={text(value)} onChange={put} />;
    case "labels":
      return <LabelsField value={value} onChange={put} />;
    case "get":
      return <GetField label={label} asks={field.asks} value={value} onChange={put} />;
    case "set":
      return <SetField label={label} constant={field.constant} value={value} onChange={put} />;
    case "state":
      return <StateField label={label} source={field.source} value={value} onChange={put} />;
  }
}
