/** What is picked on the canvas: some nodes, or one link. */
export interface Picked {
  nodes: readonly string[];
  link: { from: string; to: string } | undefined;
}

export const NOTHING: Picked = { nodes: [], link: undefined };

export function pickNodes(...nodes: string[]): Picked {
  return { nodes, link: undefined };
}

export function pickLink(from: string, to: string): Picked {
  return { nodes: [], link: { from, to } };
}

export function isPickedLink({ link }: Picked, from: string, to: string): boolean {
  return link?.from === from && link.to === to;
}

export function isOnlyNode({ nodes, link }: Picked, key: string): boolean {
  return link === undefined && nodes.length === 1 && nodes[0] === key;
}

/** What is left of it when only some nodes are there. */
export function among(picked: Picked, keys: ReadonlySet<string>): Picked {
  if (picked.nodes.every((key) => keys.has(key))) return picked;
  return { ...picked, nodes: picked.nodes.filter((key) => keys.has(key)) };
}
