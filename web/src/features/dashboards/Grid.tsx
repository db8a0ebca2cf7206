import { useQueries } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { IconButton } from "../../ui/Button";
import type { DashboardView, Place, Widget } from "./model";
import { type Found, resolveAlias } from "./requests";
import { WidgetView } from "./widgets/WidgetView";

interface GridProps {
  view: DashboardView;
  span: number;
  editing: boolean;
  onPlace: (widget: string, place: Place) => void;
  onRemove: (widget: string) => void;
}

const NARROW = 720;
const RESOLVE_MS = 15_000;

/** The widgets in their places: 24 square columns, or one under the other on narrow screens. */
export function Grid({ view, span, editing, onPlace, onRemove }: GridProps) {
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const found = useAliases(view);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const watcher = new ResizeObserver(() => setWidth(element.clientWidth));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);

  const unit = width / view.columns;
  const narrow = width > 0 && width < NARROW;
  const rows = [...view.places.values()].reduce((most, one) => Math.max(most, one.y + one.h), 0);
  const ordered = [...view.widgets].sort((a, b) => order(view, a) - order(view, b));

  return (
    <div
      ref={host}
      className={narrow ? "grid grid-narrow" : "grid"}
      style={narrow ? undefined : { height: rows * unit }}
    >
      {width > 0 &&
        ordered.map((widget) => {
          const place = view.places.get(widget.id);
          if (!place) return null;
          const style = narrow
            ? { height: Math.max(place.h * 36, 160) }
            : { left: place.x * unit, top: place.y * unit, width: place.w * unit, height: place.h * unit };
          return (
            <div key={widget.id} className="grid-cell" style={style}>
              <section className="widget" aria-label={widget.title || widget.fqn}>
                <WidgetView
                  widget={widget}
                  span={widget.timewindow?.ms ?? span}
                  found={found}
                  editing={editing}
                />
                {editing && !narrow && (
                  <EditFrame
                    name={widget.title}
                    place={place}
                    unit={unit}
                    columns={view.columns}
                    onPlace={(next) => onPlace(widget.id, next)}
                    onRemove={() => onRemove(widget.id)}
                  />
                )}
              </section>
            </div>
          );
        })}
    </div>
  );
}

function order(view: DashboardView, widget: Widget): number {
  const place = view.places.get(widget.id);
  return place ? place.y * 1000 + place.x : 0;
}

/** What every alias means; devices that appear later are found by asking again. */
function useAliases(view: DashboardView): ReadonlyMap<string, Found[]> {
  const aliases = useMemo(() => [...view.aliases.values()], [view.aliases]);
  const results = useQueries({
    queries: aliases.map((alias) => ({
      queryKey: ["alias", alias.filter, alias.many],
      queryFn: () => resolveAlias(alias),
      refetchInterval: RESOLVE_MS,
    })),
  });
  const found = new Map<string, Found[]>();
  aliases.forEach((alias, index) => {
    const data = results[index]?.data;
    if (data) found.set(alias.id, data);
  });
  return found;
}

interface FrameProps {
  name: string;
  place: Place;
  unit: number;
  columns: number;
  onPlace: (place: Place) => void;
  onRemove: () => void;
}

/** Moves and sizes a widget, with the mouse or the arrow keys (with Shift they size). */
function EditFrame({ name, place, unit, columns, onPlace, onRemove }: FrameProps) {
  const from = useRef<{ x: number; y: number; place: Place; sizing: boolean }>(undefined);
  const kept = (next: Place): Place => {
    const w = Math.min(Math.max(next.w, 2), columns);
    return {
      x: Math.min(Math.max(next.x, 0), columns - w),
      y: Math.max(next.y, 0),
      w,
      h: Math.max(next.h, 2),
    };
  };
  const start = (sizing: boolean) => (event: PointerEvent) => {
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, y: event.clientY, place, sizing };
  };
  const move = (event: PointerEvent) => {
    const begun = from.current;
    if (!begun) return;
    const dx = Math.round((event.clientX - begun.x) / unit);
    const dy = Math.round((event.clientY - begun.y) / unit);
    const { x, y, w, h } = begun.place;
    const next = kept(begun.sizing ? { x, y, w: w + dx, h: h + dy } : { x: x + dx, y: y + dy, w, h });
    if (next.x !== place.x || next.y !== place.y || next.w !== place.w || next.h !== place.h) onPlace(next);
  };
  const end = () => {
    from.current = undefined;
  };
  return (
    <div
      className="edit-frame"
      role="application"
      tabIndex={0}
      aria-label={`Move ${name} with the arrow keys, size it with Shift and the arrow keys`}
      onPointerDown={start(false)}
      onPointerMove={move}
      onPointerUp={end}
      onKeyDown={(event) => {
        const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
          event.key
        ];
        if (!step) return;
        event.preventDefault();
        const [dx = 0, dy = 0] = step;
        const { x, y, w, h } = place;
        onPlace(kept(event.shiftKey ? { x, y, w: w + dx, h: h + dy } : { x: x + dx, y: y + dy, w, h }));
      }}
    >
      <span className="edit-remove" onPointerDown={(event) => event.stopPropagation()}>
        <IconButton
          label={`Remove ${name}`}
          look="secondary"
          icon={<Trash2 aria-hidden />}
          onPress={onRemove}
        />
      </span>
      <span
        className="edit-size"
        aria-hidden
        onPointerDown={start(true)}
        onPointerMove={move}
        onPointerUp={end}
      />
    </div>
  );
}
