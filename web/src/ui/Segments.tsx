import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import "./segments.css";

interface SegmentsProps<T extends string> {
  label: string;
  choices: readonly { id: T; label: string }[];
  value: T;
  onChange: (value: T) => void;
}

/** A choice between few things that all stay in sight. */
export function Segments<T extends string>({ label, choices, value, onChange }: SegmentsProps<T>) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      className="strip"
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const picked = choices.find((one) => keys.has(one.id));
        if (picked) onChange(picked.id);
      }}
    >
      {choices.map((one) => (
        <ToggleButton key={one.id} id={one.id} className="strip-choice">
          {one.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
