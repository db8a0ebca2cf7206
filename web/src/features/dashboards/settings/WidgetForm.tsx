import { type Members, members, text } from "../../../api/shapes";
import { NumberField, Switch, TextField } from "../../../ui/Field";
import { useBoard } from "../board";
import type { Alias } from "../stored/model";
import { readTimewindow, writeTimewindow } from "../timewindow/timewindow";
import { TimewindowPicker } from "../timewindow/TimewindowPicker";
import { AliasField } from "./AliasField";
import type { CatalogueEntry } from "./entry";
import { FieldInputs } from "./FieldInput";
import { withValue } from "./fields";
import { FilterField, type NamedFilter, SourceFields } from "./SourceFields";

interface FormProps {
  entry: CatalogueEntry;
  config: Members;
  aliases: readonly Alias[];
  filters: readonly NamedFilter[];
  onChange: (config: Members) => void;
  onAlias: (id: string, name: string, filter: Members) => void;
}

/** The dashboard's time window, or one of the widget's own. */
function WindowField({ config, onChange }: { config: Members; onChange: (config: Members) => void }) {
  const board = useBoard();
  const own = config.useDashboardTimewindow === false;
  const window = readTimewindow(config.timewindow) ?? board.window;
  return (
    <div className="row">
      <Switch
        label="The dashboard's time window"
        value={!own}
        onChange={(next) => onChange({ ...config, useDashboardTimewindow: next })}
      />
      {own && (
        <TimewindowPicker
          window={window}
          onChange={(next) => onChange({ ...config, timewindow: writeTimewindow(config.timewindow, next) })}
        />
      )}
    </div>
  );
}

/** Everything that can be set about a widget: title, data, number format and what its type has of its own. */
export function WidgetForm({ entry, config, aliases, filters, onChange, onAlias }: FormProps) {
  const put = (path: string, value: unknown) => onChange(withValue(config, path, value));
  const sources = Array.isArray(config.datasources) ? config.datasources.map(members) : [];
  const decimals = config.decimals;
  return (
    <>
      <TextField
        label="Title"
        value={text(config.title) || text(members(config.settings).title)}
        onChange={(title) => put("title", title)}
        placeholder={entry.label}
      />
      <Switch
        label="Show the title"
        value={config.showTitle !== false}
        onChange={(next) => put("showTitle", next)}
      />
      {entry.kind === "rpc" && (
        <AliasField
          label="Target device"
          aliases={aliases}
          value={text(members(config.targetDevice).entityAliasId)}
          onChange={(entityAliasId) => put("targetDevice", { type: "entity", entityAliasId })}
          onAlias={onAlias}
        />
      )}
      {entry.kind === "alarm" && (
        <AliasField
          label="Alarms of"
          aliases={aliases}
          value={text(members(config.alarmSource).entityAliasId)}
          onChange={(entityAliasId) =>
            put("alarmSource", {
              dataKeys: [],
              ...members(config.alarmSource),
              type: "entity",
              entityAliasId,
            })
          }
          onAlias={onAlias}
        />
      )}
      {entry.kind === "alarm" && (
        <FilterField
          filters={filters}
          value={text(members(config.alarmSource).filterId)}
          onChange={(filterId) => put("alarmSource", { ...members(config.alarmSource), filterId })}
        />
      )}
      {(entry.kind === "latest" || entry.kind === "timeseries" || entry.kind === "static") && (
        <SourceFields
          sources={sources}
          aliases={aliases}
          filters={filters}
          seriesOnly={entry.kind === "timeseries"}
          onChange={(next) => put("datasources", next)}
          onAlias={onAlias}
        />
      )}
      {entry.kind === "timeseries" && <WindowField config={config} onChange={onChange} />}
      {entry.numbers && (
        <div className="settings-grid">
          <TextField
            label="Unit of all"
            value={text(config.units)}
            onChange={(units) => put("units", units)}
          />
          <NumberField
            label="Decimals of all"
            value={typeof decimals === "number" ? decimals : NaN}
            minValue={0}
            maxValue={15}
            onChange={(next) => put("decimals", Number.isFinite(next) ? next : undefined)}
          />
        </div>
      )}
      <FieldInputs fields={entry.fields} config={config} onChange={onChange} />
    </>
  );
}
