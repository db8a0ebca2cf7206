/** The topics of a broker as a tree of their levels. */

/** What the server tells of one topic. */
export interface HeardTopic {
  topic: string;
  count: number;
  /** Messages a second. */
  rate: number;
  last: number;
  /** The last payload in base64, or the beginning of it. */
  payload: string;
  size: number;
  retain: boolean;
}

export interface Branch {
  /** The level's own text; may be empty, as in `/a`. */
  level: string;
  /** All levels down to this one. */
  path: string;
  /** Messages on this topic and below it. */
  count: number;
  rate: number;
  /** When messages came on exactly this topic. */
  heard?: HeardTopic;
  below: Branch[];
}

/** The tree, in alphabetical order on each level. */
export function treeOf(topics: Iterable<HeardTopic>): Branch[] {
  const root: Branch = { level: "", path: "", count: 0, rate: 0, below: [] };
  const known = new Map<string, Branch>();
  for (const heard of topics) {
    let at = root;
    const levels = heard.topic.split("/");
    levels.forEach((level, depth) => {
      const path = levels.slice(0, depth + 1).join("/");
      const key = `${depth}:${path}`;
      let next = known.get(key);
      if (!next) {
        next = { level, path, count: 0, rate: 0, below: [] };
        known.set(key, next);
        at.below.push(next);
      }
      next.count += heard.count;
      next.rate += heard.rate;
      at = next;
    });
    at.heard = heard;
  }
  const inOrder = (branches: Branch[]): Branch[] => {
    for (const one of branches) inOrder(one.below);
    return branches.sort((a, b) => (a.level < b.level ? -1 : a.level > b.level ? 1 : 0));
  };
  return inOrder(root.below);
}

/** The filter for what is clicked: the topic itself, or everything below a level. */
export function filterOf(branch: Branch): string {
  return branch.below.length === 0 ? branch.path : `${branch.path}/#`;
}

/** `0.4/s`, `12/s`. */
export function perSecond(rate: number): string {
  return `${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s`;
}
