/** Where widgets stand, and what moving and sizing may do. */
import { type GridLook, NARROW_ROW } from "../stored/look";
import type { Layout, Place, Widget } from "../stored/model";

/** Below this width (px) widgets stand one under the other. */
export const NARROW = 720;
const LEAST = 1;
/** The lowest row of a layout that fills the window (px). */
const LEAST_ROW = 8;

/** What a column and a row measure (px), with the margin that belongs to each. */
export interface Geometry {
  columnWidth: number;
  rowHeight: number;
  margin: number;
  /** Before the first column and row. */
  edge: number;
}

/**
 * Rows are as tall as columns are wide, unless the layout fills a height: then all rows share it.
 * `edged` tells whether the outer margin is drawn here.
 */
export function geometry(
  look: GridLook,
  width: number,
  edged: boolean,
  fill?: { height: number; rows: number },
): Geometry {
  const { margin } = look;
  const edge = edged && look.outerMargin ? margin : 0;
  // The margin after the last column is either the outer one or nobody's.
  const share = (length: number, count: number) => (length - 2 * edge + margin) / count;
  const columnWidth = Math.max(share(width, look.columns), 1);
  const rowHeight = fill ? Math.max(share(fill.height, Math.max(fill.rows, 1)), LEAST_ROW) : columnWidth;
  return { columnWidth, rowHeight, margin, edge };
}

/** Where a place is drawn. */
export function box(place: Place, { columnWidth, rowHeight, margin, edge }: Geometry) {
  return {
    left: edge + place.x * columnWidth,
    top: edge + place.y * rowHeight,
    width: Math.max(place.w * columnWidth - margin, 1),
    height: Math.max(place.h * rowHeight - margin, 1),
  };
}

export function heightOf(rows: number, { rowHeight, margin, edge }: Geometry): number {
  return rows === 0 ? 0 : 2 * edge + rows * rowHeight - margin;
}

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

/** Whether a widget is left out on this kind of screen. */
export function isHidden(place: Place, narrow: boolean): boolean {
  return (narrow ? place.mobile?.hidden : place.wideHidden) === true;
}

/**
 * Reading order: by row, then by column; on narrow screens by what the dashboard says first. Hidden ones
 * are there only for who edits.
 */
export function ordered(layout: Layout, narrow: boolean, editing = false): Widget[] {
  const rank = (widget: Widget): [number, number, number] => {
    const place = layout.places.get(widget.id);
    if (!place) return [Infinity, 0, 0];
    return [narrow ? (place.mobile?.order ?? Infinity) : 0, place.y, place.x];
  };
  return layout.widgets
    .filter((one) => {
      const place = layout.places.get(one.id);
      return place !== undefined && (editing || !isHidden(place, narrow));
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

/** Height of a widget in the single column (px), where rows are `row` tall. */
export function narrowHeight(widget: Widget, place: Place, row = NARROW_ROW): number {
  if (place.mobile?.rows !== undefined && place.mobile.rows > 0) return place.mobile.rows * row;
  // Rows that are taller or lower than usual make everything so.
  const factor = row / NARROW_ROW;
  const own = Object.hasOwn(TALL, widget.type) ? TALL[widget.type] : undefined;
  return (own ?? Math.min(Math.max(place.h * 44, 148), 420)) * factor;
}
