import { api, ok } from "../../api/client";
import { members } from "../../api/shapes";
import type { EntityId } from "../../api/types";

export interface Point {
  ts: number;
  value: number;
}

const LIMIT = 10_000;
/** Above this many points a chart shows averages. */
const STEPS = 500;

/** History of one key as numbers, oldest first; averaged when the span would give too many points. */
export async function history(
  entity: EntityId,
  key: string,
  startTs: number,
  endTs: number,
): Promise<Point[]> {
  const interval = Math.ceil((endTs - startTs) / STEPS);
  const agg = interval > 2_000 ? ("AVG" as const) : ("NONE" as const);
  const reply = await ok(
    api.GET("/api/plugins/telemetry/{entityType}/{entityId}/values/timeseries/history", {
      params: {
        path: { entityType: entity.entityType, entityId: entity.id },
        query: { key: [key], startTs, endTs, agg, interval, limit: LIMIT, orderBy: "ASC" },
      },
    }),
  );
  return pointsOf(members(reply)[key]);
}

export function pointsOf(series: unknown): Point[] {
  if (!Array.isArray(series)) return [];
  return series.flatMap((one: unknown) => {
    const point = members(one);
    const value = numeric(point.value);
    return typeof point.ts === "number" && value !== undefined ? [{ ts: point.ts, value }] : [];
  });
}

/** A value as a number a chart can draw: numbers, numbers as text, and booleans as 0 and 1. */
export function numeric(value: unknown): number | undefined {
  if (value === true || value === "true") return 1;
  if (value === false || value === "false") return 0;
  if (typeof value !== "number" && typeof value !== "string") return undefined;
  if (value === "" || !Number.isFinite(Number(value))) return undefined;
  return Number(value);
}

export function deleteTelemetry(entity: EntityId, key: string): Promise<unknown> {
  return ok(
    api.DELETE("/api/plugins/telemetry/{entityType}/{entityId}/timeseries/delete", {
      params: {
        path: { entityType: entity.entityType, entityId: entity.id },
        query: { keys: "", key: [key], deleteAllDataForKeys: true },
      },
    }),
  );
}

/** Stored points, then the fresh ones that are newer than all of them. */
export function joined(stored: Point[], fresh: Point[]): Point[] {
  const last = stored.at(-1)?.ts ?? 0;
  return [...stored, ...fresh.filter((one) => one.ts > last)];
}

/** Writes one value, with the server's time. */
export function saveValue(entity: EntityId, key: string, value: unknown): Promise<unknown> {
  const path = { entityType: entity.entityType, entityId: entity.id, scope: "ANY" };
  return ok(
    api.POST("/api/plugins/telemetry/{entityType}/{entityId}/timeseries/{scope}", {
      params: { path },
      body: { [key]: value },
    }),
  );
}

/** The keys an entity has values of. */
export function listKeys(entity: EntityId): Promise<string[]> {
  return ok(
    api.GET("/api/plugins/telemetry/{entityType}/{entityId}/keys/timeseries", {
      params: { path: { entityType: entity.entityType, entityId: entity.id } },
    }),
  );
}
