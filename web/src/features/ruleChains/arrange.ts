/** Places of nodes so that links lead from left to right and cross seldom. */
import type { Draft } from "./draft";

const COLUMN = 380;
const ROW = 104;
const LEFT = 240;
const TOP = 60;
/** Rounds of putting each node beside those it is linked with. */
const SWEEPS = 6;

/** The draft with every node in the column behind the last one that leads to it. */
export function arrange(draft: Draft): Draft {
  const columns = columnsOf(draft);
  const width = Math.max(0, ...columns.values()) + 1;
  const order = Array.from({ length: width }, (_, column) =>
    draft.nodes.filter((one) => columns.get(one.key) === column).map((one) => one.key),
  );
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const forward = sweep % 2 === 0;
    const way = forward ? order.keys() : [...order.keys()].reverse();
    for (const column of way) order[column] = sorted(draft, order, column, forward);
  }
  const tallest = Math.max(1, ...order.map((one) => one.length));
  const place = new Map<string, { x: number; y: number }>();
  order.forEach((keys, column) => {
    const above = ((tallest - keys.length) * ROW) / 2;
    keys.forEach((key, row) => place.set(key, { x: LEFT + column * COLUMN, y: TOP + above + row * ROW }));
  });
  return { ...draft, nodes: draft.nodes.map((one) => ({ ...one, ...place.get(one.key) })) };
}

/** The longest way to each node; chains have no circles, and a bound keeps damaged ones finite. */
function columnsOf(draft: Draft): Map<string, number> {
  const columns = new Map(draft.nodes.map((one) => [one.key, 0]));
  for (let round = 0; round < draft.nodes.length; round += 1) {
    let moved = false;
    for (const { from, to } of draft.links) {
      const least = (columns.get(from) ?? 0) + 1;
      if (from !== to && (columns.get(to) ?? 0) < least) {
        columns.set(to, least);
        moved = true;
      }
    }
    if (!moved) break;
  }
  return columns;
}

/** A column's nodes by the middle of their neighbours' rows; nodes without any stay where they are. */
function sorted(draft: Draft, order: string[][], column: number, forward: boolean): string[] {
  const rows = new Map(order.flatMap((keys) => keys.map((key, row) => [key, row] as const)));
  const middle = (key: string, own: number): number => {
    const near = draft.links.flatMap((link) => {
      const other = forward ? link.to === key && link.from : link.from === key && link.to;
      const row = other ? rows.get(other) : undefined;
      return row === undefined ? [] : [row];
    });
    return near.length === 0 ? own : near.reduce((sum, row) => sum + row, 0) / near.length;
  };
  return (order[column] ?? [])
    .map((key, own) => ({ key, at: middle(key, own) }))
    .sort((one, other) => one.at - other.at)
    .map((one) => one.key);
}
