import { Plus } from "lucide-react";
import { useState } from "react";
import type { Members } from "../../../api/shapes";
import { Button } from "../../../ui/Button";
import { Select } from "../../../ui/Field";
import { AliasForm } from "../aliases/AliasForm";
import { AliasPreview } from "../aliases/AliasPreview";
import type { Alias } from "../stored/model";
import { newId } from "../stored/newId";

interface AliasFieldProps {
  label: string;
  aliases: readonly Alias[];
  value: string;
  onChange: (alias: string) => void;
  onAlias: (id: string, name: string, filter: Members) => void;
}

/** Chooses an alias, or makes one on the spot. */
export function AliasField({ label, aliases, value, onChange, onAlias }: AliasFieldProps) {
  const [making, setMaking] = useState(false);
  const chosen = aliases.find((one) => one.id === value);
  return (
    <div className="alias-field">
      <div className="alias-choice">
        <Select
          label={label}
          choices={aliases.map(({ id, name }) => ({ id, label: name }))}
          value={chosen?.id}
          onChange={onChange}
          placeholder={aliases.length === 0 ? "No alias yet" : "Choose an alias"}
        />
        <Button icon={<Plus aria-hidden />} onPress={() => setMaking(true)}>
          New alias
        </Button>
      </div>
      {chosen && (
        <p className="small">
          <AliasPreview filter={chosen.filter} many={chosen.many} />
        </p>
      )}
      {making && (
        <AliasForm
          alias={undefined}
          taken={aliases.map((one) => one.name)}
          onClose={() => setMaking(false)}
          onDone={(name, filter) => {
            const id = newId();
            onAlias(id, name, filter);
            onChange(id);
            setMaking(false);
          }}
        />
      )}
    </div>
  );
}
