import { useState } from "react";
import { TextField } from "../../../ui/Field";

/** A text that has to be JSON; what is not is shown as wrong, and kept as typed. */
export function JsonText({
  label,
  description,
  value,
  rows,
  onChange,
}: {
  label: string;
  description?: string;
  value: string;
  rows?: number;
  onChange: (value: string) => void;
}) {
  const [typed, setTyped] = useState(value);
  return (
    <TextField
      label={label}
      description={description}
      multiline={rows}
      mono
      value={typed}
      error={isJson(typed) ? undefined : "This is no JSON."}
      onChange={(next) => {
        setTyped(next);
        onChange(next);
      }}
    />
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text || "null");
    return true;
  } catch {
    return false;
  }
}
