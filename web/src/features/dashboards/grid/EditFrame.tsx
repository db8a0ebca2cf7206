import { Copy, Pencil, Trash2 } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { IconButton } from "../../../ui/Button";
import type { Place } from "../stored/model";
import { type Geometry, kept } from "./layout";

interface FrameProps {
  name: string;
  /** What is to be known of it besides. */
  note?: string;
  place: Place;
  grid: Geometry;
  columns: number;
  /** Moving and sizing, which a single column has not. */
  movable: boolean;
  /** With the same `gesture` it is one step: all of a drag, or arrow keys in a row. */
  onPlace: (place: Place, gesture: string) => void;
  onEdit: () => void;
  onCopy: () => void;
  /** Copied, or cut, to be pasted elsewhere. */
  onTake: (cut: boolean) => void;
  onRemove: () => void;
}

const STEPS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Moves and sizes a widget, with the mouse or the arrow keys (with Shift they size), and opens its settings. */
export function EditFrame(props: FrameProps) {
  const { name, note, place, grid, columns, movable, onPlace, onEdit, onCopy, onTake, onRemove } = props;
  const from = useRef<{ x: number; y: number; place: Place; sizing: boolean }>(undefined);
  const drags = useRef(0);
  const start = (sizing: boolean) => (event: PointerEvent) => {
    if (!movable || event.button !== 0 || (sizing && place.fixedSize)) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    drags.current += 1;
    from.current = { x: event.clientX, y: event.clientY, place, sizing };
  };
  const move = (event: PointerEvent) => {
    const begun = from.current;
    if (!begun) return;
    const dx = Math.round((event.clientX - begun.x) / grid.columnWidth);
    const dy = Math.round((event.clientY - begun.y) / grid.rowHeight);
    put(begun.place, dx, dy, begun.sizing, `drag ${drags.current}`);
  };
  const put = (before: Place, dx: number, dy: number, sizing: boolean, gesture: string) => {
    const { x, y, w, h } = before;
    if (sizing && place.fixedSize) return;
    const tall = place.proportional ? Math.max((w + (dx || dy)) * (h / w), 0.5) : h + dy;
    const wide = place.proportional ? w + (dx || dy) : w + dx;
    const next = kept(
      sizing ? { ...before, w: wide, h: tall } : { ...before, x: x + dx, y: y + dy },
      columns,
    );
    if (next.x !== place.x || next.y !== place.y || next.w !== place.w || next.h !== place.h)
      onPlace(next, gesture);
  };
  const end = () => {
    from.current = undefined;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    if (event.key === "Enter") onEdit();
    if (event.key === "Delete") onRemove();
    if ((event.ctrlKey || event.metaKey) && ["c", "x"].includes(event.key.toLowerCase())) {
      event.preventDefault();
      onTake(event.key.toLowerCase() === "x");
    }
    const step = STEPS[event.key];
    if (!step || !movable) return;
    event.preventDefault();
    put(place, step[0], step[1], event.shiftKey, "keys");
  };
  const about = note ? `, ${note}` : "";
  const label = movable
    ? `${name}: move with the arrow keys, size with Shift and the arrow keys, Enter for settings${about}`
    : `${name}: Enter for settings${about}`;
  return (
    <>
      <div
        className={movable ? "edit-frame edit-movable" : "edit-frame"}
        role="application"
        tabIndex={0}
        aria-label={label}
        onPointerDown={start(false)}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
        onDoubleClick={onEdit}
        onKeyDown={onKeyDown}
      />
      <div className="edit-tools">
        <IconButton label={`Edit ${name}`} look="secondary" icon={<Pencil aria-hidden />} onPress={onEdit} />
        <IconButton label={`Copy ${name}`} look="secondary" icon={<Copy aria-hidden />} onPress={onCopy} />
        <IconButton
          label={`Remove ${name}`}
          look="secondary"
          icon={<Trash2 aria-hidden />}
          onPress={onRemove}
        />
      </div>
      {note && <p className="edit-note small">{note}</p>}
      {movable && !place.fixedSize && (
        <span
          className="edit-size"
          aria-hidden
          onPointerDown={start(true)}
          onPointerMove={move}
          onPointerUp={end}
          onPointerCancel={end}
        />
      )}
    </>
  );
}
