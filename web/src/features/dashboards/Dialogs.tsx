import { lazy, Suspense } from "react";
import { type Members, members, text } from "../../api/shapes";
import { type Spot, placeAt, withAlias, withConfig, withPlaceStored } from "./stored/edit";
import type { DashboardView, Layout, Widget } from "./stored/model";
import type { WholeDialog } from "./Toolbar";
import type { Draft } from "./useDraft";

// Forms load when somebody edits; who only looks does without them.
const AliasesDialog = lazy(() =>
  import("./aliases/AliasesDialog").then((module) => ({ default: module.AliasesDialog })),
);
const StatesDialog = lazy(() =>
  import("./states/StatesDialog").then((module) => ({ default: module.StatesDialog })),
);
const AddWidget = lazy(() =>
  import("./settings/AddWidget").then((module) => ({ default: module.AddWidget })),
);
const EditWidget = lazy(() =>
  import("./settings/EditWidget").then((module) => ({ default: module.EditWidget })),
);

const FiltersDialog = lazy(() =>
  import("./filters/FiltersDialog").then((module) => ({ default: module.FiltersDialog })),
);
const DashboardSettings = lazy(() =>
  import("./settings/DashboardSettings").then((module) => ({ default: module.DashboardSettings })),
);

/** Which dialog of editing is open. */
export type Opened = { what: "add" | WholeDialog } | { what: "widget"; widget: Widget; layout: Layout };

interface DialogsProps {
  opened: Opened;
  draft: Draft;
  view: DashboardView;
  /** Where new widgets go, unless another layout is chosen. */
  spot: Spot;
  onAdd: (widget: Members, to: Spot) => void;
  onDraft: (step: (draft: Draft) => Draft) => void;
  onChange: (step: (configuration: Members) => Members) => void;
  onClose: () => void;
}

/** The dialogs of editing a dashboard. */
export function Dialogs({ opened, draft, view, spot, onAdd, onDraft, onChange, onClose }: DialogsProps) {
  const aliases = [...view.aliases.values()];
  const onAlias = (id: string, name: string, filter: Members) =>
    onChange((before) => withAlias(before, id, name, filter));
  const replace = (configuration: Members) => onChange(() => configuration);
  const filters = Object.entries(view.filters).map(([id, raw]) => ({
    id,
    label: text(members(raw).filter) || id,
  }));
  const dialog = () => {
    switch (opened.what) {
      case "add":
        return (
          <AddWidget
            aliases={aliases}
            filters={filters}
            layouts={view.layouts.map((one) => one.name)}
            layout={spot.layout}
            onClose={onClose}
            onAlias={onAlias}
            onAdd={(widget, layout) => {
              onAdd(widget, { ...spot, layout });
              onClose();
            }}
          />
        );
      case "widget": {
        const here = {
          state: spot.state,
          layout: opened.layout.name,
          breakpoint: opened.layout.breakpoint,
        };
        return (
          <EditWidget
            widget={opened.widget}
            stored={members(members(draft.configuration.widgets)[opened.widget.id])}
            place={placeAt(draft.configuration, here, opened.widget.id)}
            aliases={aliases}
            filters={filters}
            onClose={onClose}
            onAlias={onAlias}
            onDone={(config, place) => {
              onChange((before) => {
                const after = withConfig(before, opened.widget.id, config);
                return place ? withPlaceStored(after, here, opened.widget.id, place) : after;
              });
              onClose();
            }}
          />
        );
      }
      case "aliases":
        return (
          <AliasesDialog
            configuration={draft.configuration}
            aliases={view.aliases}
            onChange={replace}
            onClose={onClose}
          />
        );
      case "states":
        return (
          <StatesDialog
            configuration={draft.configuration}
            states={view.states}
            onChange={replace}
            onClose={onClose}
          />
        );
      case "filters":
        return <FiltersDialog configuration={draft.configuration} onChange={replace} onClose={onClose} />;
      case "settings":
        return (
          <DashboardSettings
            draft={draft}
            spot={spot}
            onClose={onClose}
            onDone={(next) => {
              onDraft(() => next);
              onClose();
            }}
          />
        );
    }
  };
  return <Suspense fallback={null}>{dialog()}</Suspense>;
}
