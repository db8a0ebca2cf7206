import { full } from "../../../format/time";
import { NumberField, Select, TextField } from "../../../ui/Field";
import type { ValueType } from "./predicates";

interface ValueProps {
  label: string;
  type: ValueType;
  value: unknown;
  onChange: (value: unknown) => void;
}

const FLAGS = [
  { id: "true", label: "True" },
  { id: "false", label: "False" },
] as const;

/** What a condition compares with. */
export function ValueField({ label, type, value, onChange }: ValueProps) {
  switch (type) {
    case "NUMERIC":
      return (
        <NumberField
          label={label}
          value={Number(value ?? NaN)}
          onChange={(next) => onChange(Number.isFinite(next) ? next : 0)}
        />
      );
    case "BOOLEAN":
      return (
        <Select
          label={label}
          choices={FLAGS}
          value={value === true || value === "true" ? "true" : "false"}
          onChange={(next) => onChange(next === "true")}
        />
      );
    case "DATE_TIME":
      return <TimeField label={label} value={Number(value ?? 0)} onChange={onChange} />;
    default:
      return <TextField label={label} value={String(value ?? "")} onChange={onChange} />;
  }
}

function TimeField({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number;
  onChange: (ms: number) => void;
}) {
  return (
    <label className="field">
      <span className="field-label">{label}</span>
      <input
        className="input"
        type="datetime-local"
        step={1}
        value={full(value).replace(" ", "T")}
        onChange={(event) => {
          const ms = new Date(event.target.value).getTime();
          if (Number.isFinite(ms)) onChange(ms);
        }}
      />
    </label>
  );
}
