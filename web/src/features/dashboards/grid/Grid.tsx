import { useEffect, useRef, useState } from "react";
import { useBoard } from "../board";
import type { Layout, Place, Widget } from "../stored/model";
import { WidgetView } from "../widgets/WidgetView";
import { EditFrame } from "./EditFrame";
import { NARROW, narrowHeight, ordered, rowsOf } from "./layout";

interface GridProps {
  layout: Layout;
  onPlace: (widget: string, place: Place, gesture: string) => void;
  onEdit: (widget: Widget) => void;
  onCopy: (widget: Widget) => void;
  onRemove: (widget: Widget) => void;
}

/** The widgets in their places: 24 square columns, or one under the other on narrow screens. */
export function Grid({ layout, onPlace, onEdit, onCopy, onRemove }: GridProps) {
  const { editing } = useBoard();
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const watcher = new ResizeObserver(() => setWidth(element.clientWidth));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);

  const unit = width / layout.columns;
  const narrow = width > 0 && width < NARROW;
  // While editing there is room below to drop a widget in.
  const rows = rowsOf(layout) + (editing ? 2 : 0);
  return (
    <div
      ref={host}
      className={`grid ${narrow ? "grid-narrow" : ""} ${editing && !narrow ? "grid-editing" : ""}`}
      style={narrow ? undefined : { height: rows * unit, backgroundSize: `${unit}px ${unit}px` }}
    >
      {width > 0 &&
        ordered(layout, narrow).map((widget) => {
          const place = layout.places.get(widget.id);
          if (!place) return null;
          const name = widget.title || widget.type;
          const style = narrow
            ? { height: narrowHeight(widget, place) }
            : { left: place.x * unit, top: place.y * unit, width: place.w * unit, height: place.h * unit };
          return (
            <div key={widget.id} className="grid-cell" style={style}>
              <section className="widget" aria-label={name}>
                {/* What is being arranged cannot be operated. */}
                <div className="widget-inside" inert={editing}>
                  <WidgetView widget={widget} />
                </div>
                {editing && (
                  <EditFrame
                    name={name}
                    place={place}
                    unit={unit}
                    columns={layout.columns}
                    movable={!narrow}
                    onPlace={(next, gesture) => onPlace(widget.id, next, gesture)}
                    onEdit={() => onEdit(widget)}
                    onCopy={() => onCopy(widget)}
                    onRemove={() => onRemove(widget)}
                  />
                )}
              </section>
            </div>
          );
        })}
    </div>
  );
}
