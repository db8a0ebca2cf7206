import { Plus, X } from "lucide-react";
import { Button, IconButton } from "./Button";
import "./keyValues.css";

export type Pairs = [string, string][];

interface KeyValuesProps {
  label: string;
  pairs: Pairs;
  onChange: (pairs: Pairs) => void;
  /** What one row is called. */
  noun: string;
}

/** Rows of keys and texts. */
export function KeyValues({ label, pairs, onChange, noun }: KeyValuesProps) {
  const set = (place: number, pair: [string, string]) =>
    onChange(pairs.map((one, at) => (at === place ? pair : one)));
  return (
    <fieldset className="pairs">
      <legend className="field-label">{label}</legend>
      {pairs.map(([key, value], place) => (
        <div key={place} className="pair">
          <input
            className="input mono"
            aria-label={`${noun} key ${place + 1}`}
            placeholder="key"
            value={key}
            onChange={(event) => set(place, [event.target.value, value])}
          />
          <input
            className="input mono"
            aria-label={`${noun} value ${place + 1}`}
            placeholder="value"
            value={value}
            onChange={(event) => set(place, [key, event.target.value])}
          />
          <IconButton
            label={`Remove ${noun} ${place + 1}`}
            icon={<X aria-hidden />}
            onPress={() => onChange(pairs.filter((_, at) => at !== place))}
          />
        </div>
      ))}
      <div>
        <Button look="quiet" icon={<Plus aria-hidden />} onPress={() => onChange([...pairs, ["", ""]])}>
          {`Add ${noun}`}
        </Button>
      </div>
    </fieldset>
  );
}

/** The rows as an object; rows without a key are left out. */
export function toRecord(pairs: Pairs): Record<string, string> {
  return Object.fromEntries(
    pairs.filter(([key]) => key.trim() !== "").map(([key, value]) => [key.trim(), value]),
  );
}
