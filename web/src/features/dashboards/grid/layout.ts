/** Where widgets stand: 24 columns, and what moving and sizing may do. */
import type { Layout, Place, Widget } from "../stored/model";

/** Below this width (px) widgets stand one under the other. */
export const NARROW = 720;
const LEAST = 1;
/** Height of a row on narrow screens (px), when the dashboard does not say how many rows a widget has. */
const NARROW_ROW = 70;

/** Bounded to the columns and to sizes that can be seen. */
export function kept(place: Place, columns: number): Place {
  const w = Math.min(Math.max(place.w, LEAST), columns);
  return {
    ...place,
    x: Math.min(Math.max(place.x, 0), columns - w),
    y: Math.max(place.y, 0),
    w,
    h: Math.max(place.h, LEAST),
  };
}

export function rowsOf(layout: Layout): number {
  return [...layout.places.values()].reduce((most, one) => Math.max(most, one.y + one.h), 0);
}

/** Reading order: by row, then by column; on narrow screens by what the dashboard says first. */
export function ordered(layout: Layout, narrow: boolean): Widget[] {
  const rank = (widget: Widget): [number, number, number] => {
    const place = layout.places.get(widget.id);
    if (!place) return [Infinity, 0, 0];
    return [narrow ? (place.mobile?.order ?? Infinity) : 0, place.y, place.x];
  };
  return layout.widgets
    .filter((one) => {
      const place = layout.places.get(one.id);
      return place !== undefined && !(narrow ? place.mobile?.hidden : place.wideHidden);
    })
    .sort((one, other) => {
      const [a, b] = [rank(one), rank(other)];
      return compare(a[0], b[0]) || compare(a[1], b[1]) || compare(a[2], b[2]);
    });
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Types whose height follows from what they are (px). */
const TALL: Record<string, number> = { knob_control: 300, power_button: 220, round_switch: 220 };

/** Height of a widget in the single column (px). */
export function narrowHeight(widget: Widget, place: Place): number {
  if (place.mobile?.rows !== undefined && place.mobile.rows > 0) return place.mobile.rows * NARROW_ROW;
  const own = Object.hasOwn(TALL, widget.type) ? TALL[widget.type] : undefined;
  if (own !== undefined) return own;
  return Math.min(Math.max(place.h * 44, 148), 420);
}
