import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { EntityId } from "../../../api/types";
import type { Action, State } from "../stored/model";
import { type Step, opened, readPath, writePath } from "./path";

const NO_ENTITIES: ReadonlyMap<string, EntityId> = new Map();

export interface StatePath {
  steps: Step[];
  go: (steps: Step[]) => void;
  actionOf: (action: Action) => ((entity: EntityId | undefined) => void) | undefined;
}

/** The open state and the way to it, kept in the address. */
export function useStatePath(states: State[]): StatePath {
  const search: { state?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const { state } = search;
  const root = states.find((one) => one.root)?.id ?? states[0]?.id ?? "default";
  const known = states.map((one) => one.id).join("\n");
  const steps = useMemo(() => {
    const ids = known.split("\n");
    const read = readPath(state).filter((one) => ids.includes(one.state));
    return read.length > 0 ? read : [{ state: root, entities: NO_ENTITIES }];
  }, [state, root, known]);
  const go = (next: Step[]) => {
    const first = next.length === 1 && next[0]?.state === root && next[0].entities.size === 0;
    void navigate({ to: ".", search: { ...search, state: first ? undefined : writePath(next) } });
  };
  const actionOf: StatePath["actionOf"] = (action) => {
    if (action.type === "openDashboard" && action.dashboard)
      return () => void navigate({ to: "/dashboards/$id", params: { id: action.dashboard } });
    const updates = action.type === "updateDashboardState";
    if (!updates && action.type !== "openDashboardState") return undefined;
    const here = steps.at(-1);
    const target = action.state || (updates ? (here?.state ?? "") : "");
    if (!states.some((one) => one.id === target)) return undefined;
    return (entity) => {
      const given = entity && action.setsEntity ? new Map([[action.parameter, entity]]) : NO_ENTITIES;
      const kept = updates ? new Map([...(here?.entities ?? []), ...given]) : given;
      const next = { state: target, entities: kept };
      go(updates ? [...steps.slice(0, -1), next] : opened(steps, next));
    };
  };
  return { steps, go, actionOf };
}
