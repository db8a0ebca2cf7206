import type { CSSProperties } from "react";
import { text } from "../../../api/shapes";
import { useBoard } from "../board";
import { useStyleSheet } from "../looks/useStyleSheet";
import type { Place, Widget } from "../stored/model";
import { WidgetView } from "../widgets/WidgetView";
import { EditFrame } from "./EditFrame";
import type { WidgetEdits } from "./Grid";
import type { Geometry } from "./layout";

interface CellProps {
  widget: Widget;
  place: Place;
  style: CSSProperties;
  /** Left out on this kind of screen, and here only because its dashboard is edited. */
  hidden: boolean;
  grid: Geometry;
  columns: number;
  movable: boolean;
  edits: WidgetEdits;
}

/** A widget in its place, with its own style sheet and what editing puts over it. */
export function GridCell({ widget, place, style, hidden, grid, columns, movable, edits }: CellProps) {
  const { editing } = useBoard();
  const name = widget.title || widget.type;
  useStyleSheet(
    text(widget.config.widgetCss),
    `[data-widget=${JSON.stringify(widget.id)}]`,
    `widget-${widget.id.replace(/[^\w-]/g, "")}`,
  );
  return (
    <div className="grid-cell" style={style}>
      <section
        className={hidden ? "widget widget-hidden" : "widget"}
        aria-label={name}
        data-widget={widget.id}
      >
        {/* What is being arranged cannot be operated. */}
        <div className="widget-inside" inert={editing}>
          <WidgetView widget={widget} />
        </div>
        {editing && (
          <EditFrame
            name={name}
            note={hidden ? "hidden on this kind of screen" : undefined}
            place={place}
            grid={grid}
            columns={columns}
            movable={movable}
            onPlace={(next, gesture) => edits.onPlace(widget.id, next, gesture)}
            onEdit={() => edits.onEdit(widget)}
            onCopy={() => edits.onCopy(widget)}
            onTake={(cut) => edits.onTake(widget, cut)}
            onRemove={() => edits.onRemove(widget)}
          />
        )}
      </section>
    </div>
  );
}
