import { useState } from "react";
import { type Members, members } from "../../../api/shapes";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Select } from "../../../ui/Field";
import type { Alias, Layout } from "../stored/model";
import { BUNDLES, CATALOGUE } from "./catalogue";
import type { CatalogueEntry } from "./entry";
import type { NamedFilter } from "./SourceFields";
import { WidgetForm } from "./WidgetForm";

interface AddProps {
  aliases: readonly Alias[];
  filters: readonly NamedFilter[];
  /** The layouts of the open state, and the one that is looked at. */
  layouts: readonly Layout["name"][];
  layout: Layout["name"];
  onClose: () => void;
  onAdd: (widget: Members, layout: Layout["name"]) => void;
  onAlias: (id: string, name: string, filter: Members) => void;
}

/** Chooses the type of a new widget, then what it shows. */
export function AddWidget(props: AddProps) {
  const { aliases, filters, layouts, onClose, onAdd, onAlias } = props;
  const [layout, setLayout] = useState(props.layout);
  const [entry, setEntry] = useState<CatalogueEntry>();
  const [config, setConfig] = useState<Members>({});
  const choose = (chosen: CatalogueEntry) => {
    setEntry(chosen);
    setConfig(beginning(chosen, aliases));
  };
  const add = () => {
    if (!entry) return;
    const type = entry.kind;
    const title = config.title || entry.label;
    onAdd(
      { typeFullFqn: entry.fqn, type, sizeX: entry.w, sizeY: entry.h, config: { ...config, title } },
      layout,
    );
  };
  return (
    <Dialog
      title={entry ? `Add widget: ${entry.label}` : "Add widget"}
      isOpen
      onClose={onClose}
      foot={
        entry ? (
          <>
            <Button onPress={() => setEntry(undefined)}>Back</Button>
            <Button look="primary" isDisabled={!complete(entry, config)} onPress={add}>
              Add
            </Button>
          </>
        ) : (
          <Button onPress={onClose}>Cancel</Button>
        )
      }
    >
      {entry ? (
        <>
          {layouts.length > 1 && (
            <Select
              label="Into the layout"
              choices={layouts.map((id) => ({ id, label: id === "main" ? "Main" : "Right" }))}
              value={layout}
              onChange={setLayout}
            />
          )}
          <WidgetForm
            entry={entry}
            config={config}
            aliases={aliases}
            filters={filters}
            onChange={setConfig}
            onAlias={onAlias}
          />
        </>
      ) : (
        BUNDLES.map((bundle) => (
          <section key={bundle} aria-label={bundle}>
            <h3 className="bundle-name">{bundle}</h3>
            <div className="bundle">
              {CATALOGUE.filter((one) => one.bundle === bundle).map((one) => (
                <button key={one.fqn} type="button" className="bundle-one" onClick={() => choose(one)}>
                  <span className="table-name">{one.label}</span>
                  <span className="small soft">{one.note}</span>
                </button>
              ))}
            </div>
          </section>
        ))
      )}
    </Dialog>
  );
}

function beginning(entry: CatalogueEntry, aliases: readonly Alias[]): Members {
  const about = aliases.length === 1 ? { entityAliasId: aliases[0]?.id } : {};
  const base = {
    title: "",
    showTitle: true,
    useDashboardTimewindow: true,
    settings: entry.settings,
    actions: {},
  };
  switch (entry.kind) {
    case "rpc":
      return { ...base, targetDevice: { type: "entity", ...about } };
    case "alarm":
      return { ...base, alarmSource: { type: "entity", dataKeys: [], ...about } };
    case "static":
      return { ...base, datasources: [] };
    default:
      return { ...base, datasources: [{ type: "entity", dataKeys: [], ...about }] };
  }
}

/** Whether a widget has what it needs to show anything. */
function complete(entry: CatalogueEntry, config: Members): boolean {
  const named = (raw: unknown) => typeof members(raw).entityAliasId === "string";
  switch (entry.kind) {
    case "rpc":
      return named(config.targetDevice);
    case "alarm":
      return named(config.alarmSource);
    case "static":
      return true;
    default: {
      const sources = Array.isArray(config.datasources) ? config.datasources : [];
      const keyed = (raw: unknown) => {
        const { dataKeys } = members(raw);
        return Array.isArray(dataKeys) && dataKeys.length > 0;
      };
      const needsKeys = !entry.fqn.endsWith("entities_table");
      return sources.length > 0 && sources.every((one) => named(one) && (!needsKeys || keyed(one)));
    }
  }
}
