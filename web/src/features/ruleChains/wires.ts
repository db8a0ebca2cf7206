/** Links as the canvas draws them: one line for each pair of nodes, with all its labels and their figures. */
import { type Edge, MarkerType } from "@xyflow/react";
import type { Draft } from "./draft";
import { type Counts, byLabel, short } from "./live";
import { type Picked, isPickedLink } from "./picked";

export const INPUT = "input";

const BETWEEN = "→";

export function wiresOf(draft: Draft, picked: Picked, counts: Counts): Edge[] {
  const labels = new Map<string, string[]>();
  for (const link of draft.links) {
    const id = `${link.from}${BETWEEN}${link.to}`;
    labels.set(id, [...(labels.get(id) ?? []), link.type]);
  }
  const savedId = new Map(draft.nodes.map((one) => [one.key, one.node.id?.id ?? ""]));
  const markerEnd = { type: MarkerType.ArrowClosed, width: 16, height: 16, markerUnits: "userSpaceOnUse" };
  const edges: Edge[] = [...labels].map(([id, types]) => {
    const { from: source, to: target } = endsOf(id) ?? { from: "", to: "" };
    const counted = counts.get(savedId.get(source) ?? "");
    const figures = types.map((one) => {
      const count = byLabel(counted, one);
      return count ? `${one} · ${short(count)}` : one;
    });
    const failure = types.every((one) => one === "Failure");
    const busy = types.some((one) => (byLabel(counted, one) ?? 0) > 0);
    return {
      id,
      source,
      target,
      label: figures.join(" / "),
      selected: isPickedLink(picked, source, target),
      markerEnd,
      ariaLabel: `Link: ${figures.join(" / ")}`,
      className: `${failure ? "rule-link-failure" : ""} ${busy ? "rule-link-used" : ""}`,
    };
  });
  if (draft.first) {
    edges.unshift({
      id: `${INPUT}${BETWEEN}${draft.first}`,
      source: INPUT,
      target: draft.first,
      markerEnd,
      deletable: false,
      selectable: false,
    });
  }
  return edges;
}

/** The nodes of a line; undefined for the one from the input. */
export function endsOf(id: string): { from: string; to: string } | undefined {
  const [from, to] = id.split(BETWEEN);
  return from && to && from !== INPUT ? { from, to } : undefined;
}

/** The line that is drawn at a point of the screen. */
export function wireAt(
  points: readonly { x: number; y: number }[],
): { from: string; to: string } | undefined {
  for (const { x, y } of points) {
    for (const element of document.elementsFromPoint(x, y)) {
      const id = element.closest(".react-flow__edge")?.getAttribute("data-id");
      const ends = id ? endsOf(id) : undefined;
      if (ends) return ends;
    }
  }
  return undefined;
}
