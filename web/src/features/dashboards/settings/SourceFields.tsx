import { Plus, Trash2 } from "lucide-react";
import { type Members, members, text } from "../../../api/shapes";
import { Button } from "../../../ui/Button";
import { Select } from "../../../ui/Field";
import type { Alias } from "../stored/model";
import { AliasField } from "./AliasField";
import { KeysField } from "./KeysField";

export interface NamedFilter {
  id: string;
  label: string;
}

interface SourcesProps {
  sources: Members[];
  aliases: readonly Alias[];
  filters: readonly NamedFilter[];
  /** Only time series can be drawn over time. */
  seriesOnly: boolean;
  onChange: (sources: Members[]) => void;
  onAlias: (id: string, name: string, filter: Members) => void;
}

/** The data sources of a widget: whose values, and which keys. */
export function SourceFields({ sources, aliases, filters, seriesOnly, onChange, onAlias }: SourcesProps) {
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
            <FilterField
              filters={filters}
              value={text(source.filterId)}
              onChange={(filterId) => put(index, { filterId })}
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

const NONE = "";

/** Which of the dashboard's filters a data source obeys; nothing where the dashboard has none. */
export function FilterField({
  filters,
  value,
  onChange,
}: {
  filters: readonly NamedFilter[];
  value: string;
  onChange: (filter: string | undefined) => void;
}) {
  if (filters.length === 0 && value === NONE) return null;
  const lost = value !== NONE && !filters.some((one) => one.id === value);
  return (
    <Select
      label="Only entities that meet"
      choices={[
        { id: NONE, label: "No filter" },
        ...filters,
        ...(lost ? [{ id: value, label: `${value} (not in this dashboard)` }] : []),
      ]}
      value={value}
      onChange={(next) => onChange(next === NONE ? undefined : next)}
    />
  );
}
