/** Live values of entities: latest telemetry and attributes. */
import { useEffect, useState } from "react";
import type { AttributeScope, EntityId } from "../api/types";
import { members } from "../api/shapes";
import { live } from "./connection";
import type { Update } from "./socket";

export interface Latest {
  ts: number;
  value: string;
}

export type LatestValues = ReadonlyMap<string, Latest>;

/** The newest point of each key in an update; points are `[ts, text]`, newest first. */
export function pointsOf(update: Update): [string, Latest][] {
  const out: [string, Latest][] = [];
  for (const [key, points] of Object.entries(members(update.data))) {
    const first: unknown = Array.isArray(points) ? points[0] : undefined;
    if (Array.isArray(first) && typeof first[0] === "number") {
      out.push([
        key,
        { ts: first[0], value: typeof first[1] === "string" ? first[1] : JSON.stringify(first[1]) },
      ]);
    }
  }
  return out;
}

/** Latest values over old ones; a later time wins. */
export function merged(before: LatestValues, points: [string, Latest][]): LatestValues {
  const after = new Map(before);
  for (const [key, point] of points) {
    const known = after.get(key);
    if (!known || known.ts <= point.ts) after.set(key, point);
  }
  return after;
}

type Wanted = { type: "TIMESERIES" } | { type: "ATTRIBUTES"; scope: AttributeScope; keys?: string };

function useValues(entity: EntityId | undefined, wanted: Wanted): LatestValues | undefined {
  const [values, setValues] = useState<LatestValues>();
  const { type } = wanted;
  const scope = wanted.type === "ATTRIBUTES" ? wanted.scope : "LATEST_TELEMETRY";
  const keys = wanted.type === "ATTRIBUTES" ? wanted.keys : undefined;
  const entityType = entity?.entityType;
  const entityId = entity?.id;
  useEffect(() => {
    setValues(undefined);
    if (!entityType || !entityId) return;
    return live.subscribe({ type, entityType, entityId, scope, keys }, (update) => {
      setValues((before) => merged(before ?? new Map(), pointsOf(update)));
    });
  }, [type, entityType, entityId, scope, keys]);
  return values;
}

/** Latest telemetry of an entity; undefined until the first answer. */
export function useLatestTelemetry(entity: EntityId | undefined): LatestValues | undefined {
  return useValues(entity, { type: "TIMESERIES" });
}

/** Some attributes of an entity; undefined until the first answer. */
export function useAttributeValues(
  entity: EntityId | undefined,
  scope: AttributeScope,
  keys?: string,
): LatestValues | undefined {
  return useValues(entity, { type: "ATTRIBUTES", scope, keys });
}

/** Some attributes of several entities, by the entity's id. */
export function useAttributesOf(
  entities: EntityId[],
  scope: AttributeScope,
  keys: string,
): ReadonlyMap<string, LatestValues> {
  const [values, setValues] = useState<ReadonlyMap<string, LatestValues>>(new Map());
  const wanted = entities.map((one) => `${one.entityType}/${one.id}`).join();
  useEffect(() => {
    setValues(new Map());
    const ends = wanted.split(",").flatMap((one) => {
      const [entityType, entityId] = one.split("/");
      if (!entityType || !entityId) return [];
      return live.subscribe({ type: "ATTRIBUTES", entityType, entityId, scope, keys }, (update) => {
        setValues((before) => {
          const known = before.get(entityId) ?? new Map<string, Latest>();
          return new Map(before).set(entityId, merged(known, pointsOf(update)));
        });
      });
    });
    return () => ends.forEach((end) => end());
  }, [wanted, scope, keys]);
  return values;
}
