import {
  ClipboardPaste,
  Download,
  EllipsisVertical,
  Layers,
  ListFilter,
  Maximize,
  Pencil,
  Plus,
  Redo2,
  Save,
  Settings2,
  SlidersHorizontal,
  Tags,
  Trash2,
  Undo2,
  X,
} from "lucide-react";
import { useState } from "react";
import type { EntityId } from "../../api/types";
import { Button, IconButton } from "../../ui/Button";
import { Select } from "../../ui/Field";
import { Menu } from "../../ui/Menu";
import { EntitiesSelect } from "./aliases/EntitiesSelect";
import { FilterValues } from "./filters/FilterValues";
import type { Chosen } from "./filters/predicates";
import { BREAKPOINTS, type Breakpoint } from "./stored/look";
import type { DashboardView } from "./stored/model";
import type { Timewindow } from "./timewindow/timewindow";
import { TimewindowPicker } from "./timewindow/TimewindowPicker";
import type { Editing } from "./useDraft";

interface BoardToolsProps {
  view: DashboardView;
  editing: boolean;
  window: Timewindow;
  onWindow: (window: Timewindow | undefined) => void;
  onResetWindow: (() => void) | undefined;
  values: Chosen;
  onValues: (values: Chosen) => void;
  entities: ReadonlyMap<string, EntityId>;
  onEntities: (entities: ReadonlyMap<string, EntityId>) => void;
  stateEntities: ReadonlyMap<string, EntityId>;
}

/** What changes what the widgets show: time, entities, filters; as far as the dashboard shows it. */
export function BoardTools(props: BoardToolsProps) {
  const { view, editing, window, onWindow, onResetWindow, values, onValues } = props;
  const { look } = view;
  const [asked, setAsked] = useState(false);
  if (look.hideToolbar && !editing) return null;
  if (!look.toolbarOpen && !asked && !editing)
    return (
      <IconButton
        label="Open the toolbar"
        look="secondary"
        icon={<SlidersHorizontal aria-hidden />}
        onPress={() => setAsked(true)}
      />
    );
  return (
    <>
      {look.showEntities && !editing && (
        <EntitiesSelect
          aliases={view.aliases}
          stateEntities={props.stateEntities}
          chosen={props.entities}
          onChoose={props.onEntities}
        />
      )}
      {look.showFilters && !editing && (
        <FilterValues filters={view.filters} chosen={values} onChoose={onValues} />
      )}
      {(look.showTimewindow || editing) && (
        <TimewindowPicker window={window} onChange={onWindow} onReset={onResetWindow} />
      )}
    </>
  );
}

/** The dialogs about the whole of a dashboard. */
export type WholeDialog = "aliases" | "filters" | "states" | "settings";

interface EditToolsProps {
  editing: Editing;
  saving: boolean;
  view: DashboardView;
  /** The width whose layouts are shown. */
  point: Breakpoint | undefined;
  onPoint: (point: Breakpoint | "default") => void;
  onAdd: () => void;
  /** Missing while nothing was copied. */
  onPaste: (() => void) | undefined;
  onOpen: (what: WholeDialog) => void;
  onCancel: () => void;
  onSave: () => void;
}

/** What can be done while a dashboard is edited. */
export function EditTools(props: EditToolsProps) {
  const { editing, saving, view, point, onPoint, onAdd, onPaste, onOpen, onCancel, onSave } = props;
  const points = BREAKPOINTS.filter((one) => view.breakpoints.includes(one.id));
  const shown = points.find((one) => one.id === point)?.id ?? "default";
  return (
    <>
      {points.length > 0 && (
        <div className="point-select">
          <Select
            bare
            label="Layout for"
            choices={[{ id: "default", label: "All other widths" }, ...points]}
            value={shown}
            onChange={onPoint}
          />
        </div>
      )}
      <IconButton
        label="Undo"
        look="secondary"
        icon={<Undo2 aria-hidden />}
        isDisabled={!editing.canUndo}
        onPress={editing.undo}
      />
      <IconButton
        label="Redo"
        look="secondary"
        icon={<Redo2 aria-hidden />}
        isDisabled={!editing.canRedo}
        onPress={editing.redo}
      />
      <Button icon={<Plus aria-hidden />} onPress={onAdd}>
        Add widget
      </Button>
      {onPaste && (
        <Button icon={<ClipboardPaste aria-hidden />} onPress={onPaste}>
          Paste widget
        </Button>
      )}
      <Menu
        label="Edit the dashboard"
        actions={[
          {
            id: "aliases",
            label: "Entity aliases",
            icon: <Tags aria-hidden />,
            onAction: () => onOpen("aliases"),
          },
          {
            id: "filters",
            label: "Filters",
            icon: <ListFilter aria-hidden />,
            onAction: () => onOpen("filters"),
          },
          { id: "states", label: "States", icon: <Layers aria-hidden />, onAction: () => onOpen("states") },
          {
            id: "settings",
            label: "Settings",
            icon: <Settings2 aria-hidden />,
            onAction: () => onOpen("settings"),
          },
        ]}
      >
        <Button icon={<Settings2 aria-hidden />}>Dashboard</Button>
      </Menu>
      <Button icon={<X aria-hidden />} onPress={onCancel}>
        Cancel
      </Button>
      <Button look="primary" icon={<Save aria-hidden />} isPending={saving} onPress={onSave}>
        Save
      </Button>
    </>
  );
}

interface ViewToolsProps {
  onEdit: () => void;
  onFullScreen: () => void;
  /** Missing where the dashboard does not offer it. */
  onExport: (() => void) | undefined;
  onDelete: () => void;
}

/** What can be done while a dashboard is looked at. */
export function ViewTools({ onEdit, onFullScreen, onExport, onDelete }: ViewToolsProps) {
  return (
    <>
      <Button icon={<Pencil aria-hidden />} onPress={onEdit}>
        Edit
      </Button>
      <Menu
        label="Dashboard actions"
        actions={[
          { id: "full", label: "Full screen", icon: <Maximize aria-hidden />, onAction: onFullScreen },
          ...(onExport
            ? [{ id: "export", label: "Export", icon: <Download aria-hidden />, onAction: onExport }]
            : []),
          { id: "delete", label: "Delete", icon: <Trash2 aria-hidden />, danger: true, onAction: onDelete },
        ]}
      >
        <IconButton label="Dashboard actions" look="secondary" icon={<EllipsisVertical aria-hidden />} />
      </Menu>
    </>
  );
}
