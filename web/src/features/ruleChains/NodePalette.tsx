import { useState } from "react";
import { SearchField } from "../../ui/Field";
import { PART_ICONS } from "./icons";
import { type NodeKind, PARTS, matching } from "./kinds";

/** The kind of data that a dragged kind of node is. */
export const KIND_DRAGGED = "application/x-millrace-node";

interface PaletteProps {
  kinds: NodeKind[];
  onAdd: (kind: NodeKind) => void;
  /** What pressing a node does, when that is not plain. */
  note: string | undefined;
}

/** Every kind of node, by part; pressing one adds it, dragging puts it where it is dropped. */
export function NodePalette({ kinds, onAdd, note }: PaletteProps) {
  const [wanted, setWanted] = useState("");
  const found = matching(kinds, wanted);
  return (
    <aside className="node-palette" aria-label="Nodes to add">
      <SearchField label="Search nodes" value={wanted} onChange={setWanted} />
      <p className="soft small">{note ?? "Press a node to add it, or drag it onto the canvas or a link."}</p>
      <div className="node-palette-list">
        {PARTS.map((part) => {
          const here = found.filter((one) => one.part === part);
          const Icon = PART_ICONS[part];
          if (here.length === 0) return null;
          return (
            <div key={part}>
              <h2 className="node-palette-part">{part.charAt(0) + part.slice(1).toLowerCase()}</h2>
              {here.map((one) => (
                <button
                  key={one.clazz}
                  type="button"
                  className={`node-palette-item rule-${part.toLowerCase()}`}
                  title={one.description}
                  draggable
                  onDragStart={(event) => {
                    event.dataTransfer.setData(KIND_DRAGGED, one.clazz);
                    event.dataTransfer.effectAllowed = "copy";
                  }}
                  onClick={() => onAdd(one)}
                >
                  {Icon && <Icon aria-hidden size={14} />}
                  {one.name}
                </button>
              ))}
            </div>
          );
        })}
        {found.length === 0 && <p className="soft">No node of that name.</p>}
      </div>
    </aside>
  );
}
