/** Nodes as text on the clipboard: within a chain, between chains, and into other programs. */
import { isMembers } from "../../api/shapes";
import type { RuleNode } from "../../api/types";
import { type Draft, type DraftNode, type Link, freeName } from "./draft";

const MARK = "millraceNodes";
/** How far beside the originals copies are put. */
const BESIDE = 40;

interface Clip {
  nodes: DraftNode[];
  links: Link[];
}

/** Nodes and the links among them as text. */
export function copied(draft: Draft, keys: readonly string[]): string {
  const nodes = draft.nodes.filter((one) => keys.includes(one.key));
  const links = draft.links.filter((one) => keys.includes(one.from) && keys.includes(one.to));
  const clip: Clip = { nodes: nodes.map((one) => ({ ...one, node: asNew(one.node) })), links };
  return JSON.stringify({ [MARK]: clip }, null, 2);
}

function asNew(node: RuleNode): RuleNode {
  const { type, name, configuration, configurationVersion, additionalInfo, queueName, singletonMode } = node;
  return { type, name, configuration, configurationVersion, additionalInfo, queueName, singletonMode };
}

/** The draft with copied nodes added, and their keys; undefined when the text holds none. */
export function pasted(
  draft: Draft,
  text: string,
  newKey: () => string,
): { draft: Draft; keys: string[] } | undefined {
  const clip = clipOf(text);
  if (!clip || clip.nodes.length === 0) return undefined;
  const renamed = new Map<string, string>();
  let next = draft;
  for (const one of clip.nodes) {
    const key = newKey();
    renamed.set(one.key, key);
    const name = freeName(next, one.node.name ?? "node");
    const node = { ...asNew(one.node), name, debugSettings: { failuresEnabled: true } };
    next = { ...next, nodes: [...next.nodes, { key, node, x: one.x + BESIDE, y: one.y + BESIDE }] };
  }
  const links = clip.links.flatMap((one) => {
    const from = renamed.get(one.from);
    const to = renamed.get(one.to);
    return from && to ? [{ from, to, type: one.type }] : [];
  });
  const keys = [...renamed.values()];
  return { draft: { ...next, links: [...next.links, ...links], first: next.first ?? keys[0] }, keys };
}

function clipOf(text: string): Clip | undefined {
  if (!text.includes(MARK)) return undefined;
  try {
    const read: unknown = JSON.parse(text);
    const clip = isMembers(read) ? read[MARK] : undefined;
    if (!isMembers(clip) || !Array.isArray(clip.nodes) || !Array.isArray(clip.links)) return undefined;
    return { nodes: clip.nodes.filter(isNode), links: clip.links.filter(isLink) };
  } catch {
    return undefined;
  }
}

function isNode(raw: unknown): raw is DraftNode {
  return (
    isMembers(raw) &&
    typeof raw.key === "string" &&
    Number.isFinite(raw.x) &&
    Number.isFinite(raw.y) &&
    isMembers(raw.node) &&
    typeof raw.node.type === "string"
  );
}

function isLink(raw: unknown): raw is Link {
  return (
    isMembers(raw) &&
    typeof raw.from === "string" &&
    typeof raw.to === "string" &&
    typeof raw.type === "string"
  );
}
