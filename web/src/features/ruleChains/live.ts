/** What goes through a running chain: figures for nodes and links, asked for while the page is looked at. */
import { useQuery } from "@tanstack/react-query";
import type { CountedNode } from "../../api/types";
import { nodeCounters } from "./requests";

const FOLLOW_MS = 2_000;

export type Counts = ReadonlyMap<string, CountedNode>;

const NONE: Counts = new Map();

/** Figures by the id of the node, since the server started. */
export function useCounts(ruleChainId: string): Counts {
  const counters = useQuery({
    queryKey: ["ruleChains", ruleChainId, "counters"],
    queryFn: () => nodeCounters(ruleChainId),
    refetchInterval: FOLLOW_MS,
    select: countsOf,
  });
  return counters.data ?? NONE;
}

function countsOf(rows: CountedNode[]): Counts {
  return new Map(rows.map((one) => [one.id.id, one]));
}

/** Messages that left a node by a label; undefined for nodes that do not run. */
export function byLabel(counted: CountedNode | undefined, label: string): number | undefined {
  if (!counted) return undefined;
  const wanted = label.toLowerCase();
  if (wanted === "failure") return counted.failed;
  const found = Object.entries(counted.labels).find(([name]) => name.toLowerCase() === wanted);
  return found?.[1] ?? 0;
}

const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** `12`, `1.2K`, `3.4M`. */
export function short(count: number): string {
  return SHORT.format(count);
}
