import { lazy, Suspense } from "react";
import { type Members, members } from "../../api/shapes";
import { DashboardTitle } from "./DashboardTitle";
import { withAlias, withConfig, withWidget } from "./stored/edit";
import type { DashboardView, Widget } from "./stored/model";
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

/** Which dialog of editing is open. */
export type Opened = { what: "add" | "aliases" | "states" | "title" } | { what: "widget"; widget: Widget };

interface DialogsProps {
  opened: Opened;
  draft: Draft;
  view: DashboardView;
  onTitle: (title: string) => void;
  onChange: (step: (configuration: Members) => Members) => void;
  onClose: () => void;
}

/** The dialogs of editing a dashboard. */
export function Dialogs({ opened, draft, view, onTitle, onChange, onClose }: DialogsProps) {
  const aliases = [...view.aliases.values()];
  const onAlias = (id: string, name: string, filter: Members) =>
    onChange((before) => withAlias(before, id, name, filter));
  const replace = (configuration: Members) => onChange(() => configuration);
  const spot = { state: view.state?.id ?? "default", layout: "main" as const };
  const dialog = () => {
    switch (opened.what) {
      case "add":
        return (
          <AddWidget
            aliases={aliases}
            onClose={onClose}
            onAlias={onAlias}
            onAdd={(widget) => {
              onChange((before) => withWidget(before, spot, widget));
              onClose();
            }}
          />
        );
      case "widget":
        return (
          <EditWidget
            widget={opened.widget}
            stored={members(members(draft.configuration.widgets)[opened.widget.id])}
            aliases={aliases}
            onClose={onClose}
            onAlias={onAlias}
            onDone={(config) => {
              onChange((before) => withConfig(before, opened.widget.id, config));
              onClose();
            }}
          />
        );
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
      case "title":
        return (
          <DashboardTitle
            title={draft.title}
            onClose={onClose}
            onDone={(title) => {
              onTitle(title);
              onClose();
            }}
          />
        );
    }
  };
  return <Suspense fallback={null}>{dialog()}</Suspense>;
}
