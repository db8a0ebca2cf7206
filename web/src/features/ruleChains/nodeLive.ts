/** What changes on a node while it is looked at: kept apart from the picture, which is not drawn anew for it. */
import { createContext } from "react";
import type { DebugSettings } from "../../api/types";
import type { Counts } from "./live";
import type { Found } from "./lint";

export interface NodeLive {
  counts: Counts;
  findings: ReadonlyMap<string, Found[]>;
  debugOf: (key: string) => DebugSettings | undefined;
  onDebug: (key: string, on: boolean) => void;
}

export const NodeLiveContext = createContext<NodeLive>({
  counts: new Map(),
  findings: new Map(),
  debugOf: () => undefined,
  onDebug: () => undefined,
});
