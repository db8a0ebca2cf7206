import {
  Download,
  EllipsisVertical,
  Layers,
  Maximize,
  Pencil,
  Plus,
  Redo2,
  Save,
  Settings2,
  Tags,
  Trash2,
  Undo2,
  X,
} from "lucide-react";
import { Button, IconButton } from "../../ui/Button";
import { Menu } from "../../ui/Menu";
import type { Editing } from "./useDraft";

interface EditToolsProps {
  editing: Editing;
  saving: boolean;
  onAdd: () => void;
  onAliases: () => void;
  onStates: () => void;
  onSettings: () => void;
  onCancel: () => void;
  onSave: () => void;
}

/** What can be done while a dashboard is edited. */
export function EditTools(props: EditToolsProps) {
  const { editing, saving, onAdd, onAliases, onStates, onSettings, onCancel, onSave } = props;
  return (
    <>
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
      <Menu
        label="Edit the dashboard"
        actions={[
          { id: "aliases", label: "Entity aliases", icon: <Tags aria-hidden />, onAction: onAliases },
          { id: "states", label: "States", icon: <Layers aria-hidden />, onAction: onStates },
          { id: "settings", label: "Title", icon: <Settings2 aria-hidden />, onAction: onSettings },
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
  onExport: () => void;
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
          { id: "export", label: "Export", icon: <Download aria-hidden />, onAction: onExport },
          { id: "delete", label: "Delete", icon: <Trash2 aria-hidden />, danger: true, onAction: onDelete },
        ]}
      >
        <IconButton label="Dashboard actions" look="secondary" icon={<EllipsisVertical aria-hidden />} />
      </Menu>
    </>
  );
}
