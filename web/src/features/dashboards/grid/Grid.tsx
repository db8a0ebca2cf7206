import { useRef } from "react";
import { useBoard } from "../board";
import type { Layout, Place, Widget } from "../stored/model";
import { GridCell } from "./GridCell";
import { NARROW, box, geometry, heightOf, isHidden, narrowHeight, ordered, rowsOf } from "./layout";
import { useRoom } from "./useRoom";

/** What can be done with a widget while its dashboard is edited. */
export interface WidgetEdits {
  onPlace: (widget: string, place: Place, gesture: string) => void;
  onEdit: (widget: Widget) => void;
  onCopy: (widget: Widget) => void;
  onRemove: (widget: Widget) => void;
  /** Takes a widget along, to be put down elsewhere; `cut` takes it away here. */
  onTake: (widget: Widget, cut: boolean) => void;
}

interface GridProps extends WidgetEdits {
  layout: Layout;
  /** Whether the margin around all widgets is drawn here, and not by the page. */
  edged: boolean;
}

/** The widgets of a layout in their places, or one under the other on narrow screens. */
export function Grid({ layout, edged, ...edits }: GridProps) {
  const { editing } = useBoard();
  const host = useRef<HTMLDivElement>(null);
  const { width, board, below } = useRoom(host);
  const { look } = layout;
  // A layout made for this width stands as it was made.
  const single = look.list || (layout.breakpoint === undefined && width > 0 && board < NARROW);
  const rows = rowsOf(layout);
  const fills = single ? look.narrowFill : look.fill;
  const grid = geometry(look, width, edged, fills ? { height: below, rows } : undefined);
  const widgets = width > 0 ? ordered(layout, single, editing) : [];
  // While editing there is room below to drop a widget in.
  const height = heightOf(rows + (editing && !fills ? 2 : 0), grid);
  const wide = {
    height,
    backgroundSize: `${grid.columnWidth}px ${grid.rowHeight}px`,
    backgroundPosition: `${grid.edge - grid.margin / 2}px ${grid.edge - grid.margin / 2}px`,
  };
  const column = { gap: grid.margin, padding: grid.edge, minHeight: fills ? below : undefined };
  const rowHeight = look.list ? look.listRow : look.narrowRow;
  return (
    <div
      ref={host}
      className={`grid ${single ? "grid-narrow" : ""} ${editing && !single ? "grid-editing" : ""}`}
      style={single ? column : wide}
    >
      {widgets.map((widget) => {
        const place = layout.places.get(widget.id);
        if (!place) return null;
        const tall = narrowHeight(widget, place, rowHeight);
        return (
          <GridCell
            key={widget.id}
            widget={widget}
            place={place}
            style={
              single ? (fills ? { flex: `1 1 ${tall}px`, minHeight: 0 } : { height: tall }) : box(place, grid)
            }
            hidden={isHidden(place, single)}
            grid={grid}
            columns={look.columns}
            movable={!single}
            edits={edits}
          />
        );
      })}
    </div>
  );
}
