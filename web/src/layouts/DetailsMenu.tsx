import { Copy, Download, EllipsisVertical, Trash2 } from "lucide-react";
import { IconButton } from "../ui/Button";
import { Menu } from "../ui/Menu";
import { done } from "../ui/Toast";

interface DetailsMenuProps {
  /** What the menu is called, `Device actions`. */
  label: string;
  id: string;
  onExport?: () => void;
  onDelete: () => void;
}

/** What can be done with the one thing that a page shows. */
export function DetailsMenu({ label, id, onExport, onDelete }: DetailsMenuProps) {
  const download = { id: "export", label: "Export", icon: <Download aria-hidden /> };
  return (
    <Menu
      label={label}
      actions={[
        ...(onExport ? [{ ...download, onAction: onExport }] : []),
        {
          id: "copy",
          label: "Copy id",
          icon: <Copy aria-hidden />,
          onAction: () => void navigator.clipboard.writeText(id).then(() => done("Id copied")),
        },
        { id: "delete", label: "Delete", icon: <Trash2 aria-hidden />, danger: true, onAction: onDelete },
      ]}
    >
      <IconButton label={label} look="secondary" icon={<EllipsisVertical aria-hidden />} />
    </Menu>
  );
}
