/**
 * A rule chain while it is edited. Drafts are never changed: each step makes a new one, which is what undo
 * goes back to. What the editor does not know survives.
 */
import { members, number } from "../../api/shapes";
import type { RuleChainMetaData, RuleNode } from "../../api/types";
import type { NodeKind } from "./kinds";

export interface DraftNode {
  key: string;
  node: RuleNode;
  x: number;
  y: number;
}

export interface Link {
  from: string;
  to: string;
  type: string;
}

export interface Draft {
  /** As it was loaded, for everything that is not nodes and links. */
  base: RuleChainMetaData;
  nodes: DraftNode[];
  links: Link[];
  /** Key of the node that messages come to first. */
  first: string | undefined;
}

const COLUMN = 240;

export function readDraft(base: RuleChainMetaData): Draft {
  const nodes = (base.nodes ?? []).map((node, index) => {
    const info = members(node.additionalInfo);
    return {
      key: node.id?.id ?? `node-${index}`,
      node,
      x: number(info.layoutX, 200 + index * COLUMN),
      y: number(info.layoutY, 150),
    };
  });
  const links = (base.connections ?? []).flatMap((one) => {
    const from = nodes[one.fromIndex]?.key;
    const to = nodes[one.toIndex]?.key;
    return from && to ? [{ from, to, type: one.type }] : [];
  });
  const first = typeof base.firstNodeIndex === "number" ? nodes[base.firstNodeIndex]?.key : undefined;
  return { base, nodes, links, first };
}

/** What is saved: nodes with their place, links by index. */
export function writeDraft(draft: Draft): RuleChainMetaData {
  const place = new Map(draft.nodes.map((one, index) => [one.key, index]));
  const index = (key: string) => place.get(key) ?? -1;
  return {
    ...draft.base,
    firstNodeIndex: draft.first === undefined ? null : index(draft.first),
    nodes: draft.nodes.map(({ node, x, y }) => ({
      ...node,
      additionalInfo: { ...members(node.additionalInfo), layoutX: Math.round(x), layoutY: Math.round(y) },
    })),
    connections: draft.links.map((one) => ({
      fromIndex: index(one.from),
      toIndex: index(one.to),
      type: one.type,
    })),
  };
}

/** Adds a node of a kind; the first one is where messages come in. */
export function addNode(draft: Draft, kind: NodeKind, x: number, y: number, key: string): Draft {
  const node: RuleNode = {
    type: kind.clazz,
    name: freeName(draft, kind.name),
    configuration: kind.standard,
    configurationVersion: kind.version,
    debugSettings: { failuresEnabled: true },
  };
  return { ...draft, nodes: [...draft.nodes, { key, node, x, y }], first: draft.first ?? key };
}

/** The wanted name, with a number when it is taken. */
export function freeName(draft: Draft, wanted: string): string {
  const names = new Set(draft.nodes.map((one) => one.node.name));
  if (!names.has(wanted)) return wanted;
  let n = 2;
  while (names.has(`${wanted} ${n}`)) n += 1;
  return `${wanted} ${n}`;
}

export function changeNode(draft: Draft, key: string, change: (node: RuleNode) => RuleNode): Draft {
  const nodes = draft.nodes.map((one) => (one.key === key ? { ...one, node: change(one.node) } : one));
  return { ...draft, nodes };
}

/** Where a node lies on the canvas. */
export interface Place {
  x: number;
  y: number;
}

export function moveNodes(draft: Draft, places: ReadonlyMap<string, Place>): Draft {
  return { ...draft, nodes: draft.nodes.map((one) => ({ ...one, ...places.get(one.key) })) };
}

/** Removes nodes with their links. */
export function removeNodes(draft: Draft, keys: readonly string[]): Draft {
  return {
    ...draft,
    nodes: draft.nodes.filter((one) => !keys.includes(one.key)),
    links: draft.links.filter((one) => !keys.includes(one.from) && !keys.includes(one.to)),
    first: draft.first !== undefined && keys.includes(draft.first) ? undefined : draft.first,
  };
}

/** Puts a node that is linked with nothing onto a link: messages pass it on their way. */
export function splice(draft: Draft, key: string, from: string, to: string, label: string): Draft {
  const labels = labelsBetween(draft, from, to);
  if (labels.length === 0 || key === from || key === to || isLinked(draft, key)) return draft;
  const without = setLabels(draft, from, to, []);
  return setLabels(setLabels(without, from, key, labels), key, to, [label]);
}

/** Whether a node has any link. */
export function isLinked(draft: Draft, key: string): boolean {
  return draft.links.some((one) => one.from === key || one.to === key);
}

/** The labels between two nodes. No label means no link. */
export function setLabels(draft: Draft, from: string, to: string, types: string[]): Draft {
  const others = draft.links.filter((one) => one.from !== from || one.to !== to);
  const wanted = [...new Set(types.map((one) => one.trim()).filter(Boolean))];
  return { ...draft, links: [...others, ...wanted.map((type) => ({ from, to, type }))] };
}

export function labelsBetween(draft: Draft, from: string, to: string): string[] {
  return draft.links.filter((one) => one.from === from && one.to === to).map((one) => one.type);
}

/** Whether a link would lead back to where it comes from: messages must not run in circles. */
export function closesCircle(draft: Draft, from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [to];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (key === from) return true;
    if (seen.has(key)) continue;
    seen.add(key);
    for (const link of draft.links) if (link.from === key) open.push(link.to);
  }
  return false;
}

/** The label a new link most likely wants. */
export function usualLabel(kind: NodeKind | undefined): string {
  return kind?.outputs.find((one) => one === "Success" || one === "True") ?? kind?.outputs[0] ?? "Success";
}
