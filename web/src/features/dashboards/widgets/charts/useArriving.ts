import { useEffect, useState } from "react";
import { live } from "../../../../live/connection";
import { pointsOf } from "../../../../live/values";
import { type Sample, sampleOf } from "./points";
import type { Wanted } from "./useSeries";

/** Samples that are kept beside the stored ones, for each series. */
const KEPT = 2_000;
const SHOW_MS = 200;

/** What arrived since the chart was opened, by `entity/key`. */
export function useArriving(wanted: readonly Wanted[], on: boolean): ReadonlyMap<string, Sample[]> {
  const [fresh, setFresh] = useState<ReadonlyMap<string, Sample[]>>(new Map());
  const byEntity = new Map<string, string[]>();
  for (const { entity, key, make } of wanted) {
    if (make) continue;
    const name = `${entity.entityType}/${entity.id}`;
    byEntity.set(name, [...(byEntity.get(name) ?? []), key]);
  }
  const names = JSON.stringify(on ? [...byEntity] : []);
  useEffect(() => {
    const found = new Map<string, Sample[]>();
    let timer = 0;
    const show = () => {
      timer ||= globalThis.setTimeout(() => {
        timer = 0;
        setFresh(new Map(found));
      }, SHOW_MS) as unknown as number;
    };
    setFresh(new Map());
    const ends = (JSON.parse(names) as [string, string[]][]).map(([name, keys]) => {
      const [entityType, entityId] = name.split("/");
      const command = {
        type: "TIMESERIES",
        entityType,
        entityId,
        scope: "LATEST_TELEMETRY",
        keys: [...new Set(keys)].join(","),
      };
      return live.subscribe(command, (update) => {
        for (const [key, { ts, value }] of pointsOf(update)) {
          const id = `${entityId ?? ""}/${key}`;
          const before = found.get(id) ?? [];
          const last = before.at(-1)?.ts ?? 0;
          if (last > ts) continue;
          // Of two values of one millisecond the newer stands, as in the store.
          const kept = last === ts ? before.slice(0, -1) : before.slice(-KEPT);
          found.set(id, [...kept, ...sampleOf(ts, value)]);
        }
        show();
      });
    });
    return () => {
      globalThis.clearTimeout(timer);
      ends.forEach((end) => end());
    };
  }, [names]);
  return fresh;
}
