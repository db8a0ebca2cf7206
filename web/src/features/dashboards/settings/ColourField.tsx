import { X } from "lucide-react";
import { useId } from "react";
import { IconButton } from "../../../ui/Button";

interface ColourProps {
  label: string;
  /** What the colour is of. */
  name: string;
  value: string;
  onChange: (value: string) => void;
}

/** A colour of one's own, or the design's. */
export function ColourField({ label, name, value, onChange }: ColourProps) {
  const id = useId();
  const plain = /^#[0-9a-f]{6}$/i.test(value) ? value : undefined;
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <div className="colour">
        {value ? (
          <>
            <input
              id={id}
              type="color"
              className="colour-input"
              value={plain ?? "#0f6d66"}
              onChange={(event) => onChange(event.target.value)}
            />
            <IconButton
              label={`Usual colour for ${name}`}
              icon={<X aria-hidden />}
              onPress={() => onChange("")}
            />
          </>
        ) : (
          <button
            id={id}
            type="button"
            className="button button-secondary"
            onClick={() => onChange("#0f6d66")}
          >
            Usual
          </button>
        )}
      </div>
    </div>
  );
}
