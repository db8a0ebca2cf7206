import { Plus, Trash2 } from "lucide-react";
import { type Members, members, text } from "../../../api/shapes";
import { Button } from "../../../ui/Button";
import type { Alias } from "../stored/model";
import { AliasField } from "./AliasField";
import { KeysField } from "./KeysField";

interface SourcesProps {
  sources: Members[];
  aliases: readonly Alias[];
  /** Only time series can be drawn over time. */
  seriesOnly: boolean;
  onChange: (sources: Members[]) => void;
  onAlias: (id: string, name: string, filter: Members) => void;
}

/** The data sources of a widget: whose values, and which keys. */
export function SourceFields({ sources, aliases, seriesOnly, onChange, onAlias }: SourcesProps) {
  const put = (index: number, part: Members) =>
    onChange(sources.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <>
      {sources.map((source, index) => {
        const alias = aliases.find((one) => one.id === source.entityAliasId);
        const number = sources.length > 1 ? ` ${index + 1}` : "";
        return (
          <fieldset key={index} className="settings-group">
            <legend className="field-label">Data source{number}</legend>
            <AliasField
              label="Entity alias"
              aliases={aliases}
              value={text(source.entityAliasId)}
              onChange={(entityAliasId) => put(index, { type: "entity", entityAliasId })}
              onAlias={onAlias}
            />
            <KeysField
              keys={Array.isArray(source.dataKeys) ? source.dataKeys.map(members) : []}
              filter={alias?.filter}
              seriesOnly={seriesOnly}
              onChange={(dataKeys) => put(index, { dataKeys })}
            />
            {sources.length > 1 && (
              <div>
                <Button
                  look="quiet"
                  icon={<Trash2 aria-hidden />}
                  onPress={() => onChange(sources.filter((_, at) => at !== index))}
                >
                  Remove the data source
                </Button>
              </div>
            )}
          </fieldset>
        );
      })}
      <div>
        <Button
          icon={<Plus aria-hidden />}
          onPress={() => onChange([...sources, { type: "entity", dataKeys: [] }])}
        >
          Add a data source
        </Button>
      </div>
    </>
  );
}
