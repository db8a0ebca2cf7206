import { useEffect, useState } from "react";
import type { EntityId } from "../../api/types";
import { live } from "../../live/connection";
import { pointsOf } from "../../live/values";
import { type Point, numeric } from "./requests";

/** Points that are kept beside the stored ones. */
const KEPT = 2_000;

/** The values that arrived since a chart was opened, by `entity/key`. */
export function useFresh(wanted: { entity: EntityId; key: string }[]): ReadonlyMap<string, Point[]> {
  const [fresh, setFresh] = useState<ReadonlyMap<string, Point[]>>(new Map());
  const names = wanted
    .map(({ entity, key }) => JSON.stringify([entity.entityType, entity.id, key]))
    .join("\n");
  useEffect(() => {
    setFresh(new Map());
    const ends = names
      .split("\n")
      .filter(Boolean)
      .map((name) => {
        const [entityType, entityId, key] = JSON.parse(name) as [string, string, string];
        const command = { type: "TIMESERIES", entityType, entityId, scope: "LATEST_TELEMETRY" };
        return live.subscribe(command, (update) => {
          for (const [found, latest] of pointsOf(update)) {
            const value = numeric(latest.value);
            if (found !== key || value === undefined) continue;
            setFresh((before) => {
              const id = `${entityId}/${key}`;
              return new Map(before).set(id, [
                ...(before.get(id) ?? []).slice(-KEPT),
                { ts: latest.ts, value },
              ]);
            });
          }
        });
      });
    return () => ends.forEach((end) => end());
  }, [names]);
  return fresh;
}
