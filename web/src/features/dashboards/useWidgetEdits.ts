import { useEffect, useRef, useState } from "react";
import { type Members, members } from "../../api/shapes";
import { done } from "../../ui/Toast";
import type { WidgetEdits } from "./grid/Grid";
import { type Spot, withPlace, withWidget, withoutWidget } from "./stored/edit";
import { newId } from "./stored/newId";
import type { DashboardView, Layout, Widget } from "./stored/model";

interface Taken {
  title: string;
  stored: Members;
}

interface Asked {
  view: DashboardView;
  /** Stored widgets by id. */
  stored: Members;
  editing: boolean;
  change: (step: (configuration: Members) => Members, about?: string) => void;
  onEdit: (widget: Widget, layout: Layout) => void;
}

interface Edits {
  of: (layout: Layout) => WidgetEdits;
  /** Where a new widget goes: the layout that was touched last. */
  spot: Spot;
  touch: (layout: Layout["name"]) => void;
  /** Adds a widget to a layout and brings it into view. */
  add: (widget: Members, to: Spot) => void;
  /** Puts down what was copied or cut; undefined while there is nothing. */
  paste: (() => void) | undefined;
}

/** Arranging widgets: moved, copied, cut and pasted, within a state and from one to another. */
export function useWidgetEdits({ view, stored, editing, change, onEdit }: Asked): Edits {
  const [taken, setTaken] = useState<Taken>();
  const [added, setAdded] = useState<string>();
  const [touched, setTouched] = useState<Layout["name"]>("main");
  const names = view.layouts.map((one) => one.name);
  const spotOf = (layout: Layout["name"]): Spot => ({ state: view.state?.id ?? "default", layout });
  const spot = spotOf(names.includes(touched) ? touched : "main");
  /** A widget as stored, as large as it is shown in a layout. */
  const sized = (widget: Widget, layout: Layout): Members => {
    const size = layout.places.get(widget.id);
    return { ...members(stored[widget.id]), sizeX: size?.w, sizeY: size?.h };
  };
  const add = (widget: Members, to: Spot) => {
    const id = newId();
    change((before) => withWidget(before, to, widget, id));
    setAdded(id);
  };
  useEffect(() => {
    // New widgets stand under all others, often below what is seen.
    if (added) document.querySelector(`[data-widget="${added}"]`)?.scrollIntoView({ block: "nearest" });
  }, [added]);
  const of = (layout: Layout): WidgetEdits => {
    const here = spotOf(layout.name);
    return {
      onPlace: (widget, place, gesture) =>
        change(
          (before) => withPlace(before, { ...here, breakpoint: layout.breakpoint }, widget, place),
          `place ${widget} ${gesture}`,
        ),
      onEdit: (widget) => onEdit(widget, layout),
      onCopy: (widget) => add(sized(widget, layout), here),
      onRemove: (widget) => change((before) => withoutWidget(before, here, widget.id)),
      onTake: (widget, cut) => {
        setTaken({ title: widget.title || widget.type, stored: sized(widget, layout) });
        if (cut) change((before) => withoutWidget(before, here, widget.id));
        done(cut ? "Widget cut: paste it with Ctrl+V" : "Widget copied: paste it with Ctrl+V");
      },
    };
  };
  const paste = taken && (() => add(taken.stored, spot));
  const latest = useRef(paste);
  useEffect(() => {
    latest.current = paste;
  });
  useEffect(() => {
    if (!editing) return;
    const onKey = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof Element && event.target.closest("input, textarea, [role=dialog]");
      if (typing || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "v") return;
      latest.current?.();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [editing]);
  return { of, spot, add, touch: setTouched, paste: editing ? paste : undefined };
}
