import { api, ok } from "../../api/client";
import type { AlarmInfo, EntityId, Page, PageQuery } from "../../api/types";

/** An alarm as it is read: it has an id. */
export type Alarm = AlarmInfo & { id: NonNullable<AlarmInfo["id"]> };

export type AlarmFilter = "ANY" | "ACTIVE" | "UNACK" | "CLEARED";

export function listAlarms(query: PageQuery, searchStatus: AlarmFilter): Promise<Page<Alarm>> {
  return read(ok(api.GET("/api/alarms", { params: { query: { ...query, searchStatus } } })));
}

/** Alarms of one entity, newest first. */
export function alarmsOf({ entityType, id }: EntityId): Promise<Page<Alarm>> {
  const query = { page: 0, pageSize: 50, sortProperty: "createdTime", sortOrder: "DESC" as const };
  const path = { entityType, entityId: id };
  return read(ok(api.GET("/api/alarm/{entityType}/{entityId}", { params: { path, query } })));
}

export function acknowledge(alarmId: string): Promise<unknown> {
  return ok(api.POST("/api/alarm/{alarmId}/ack", { params: { path: { alarmId } } }));
}

export function clear(alarmId: string): Promise<unknown> {
  return ok(api.POST("/api/alarm/{alarmId}/clear", { params: { path: { alarmId } } }));
}

export function getAlarm(alarmId: string): Promise<AlarmInfo> {
  return ok(api.GET("/api/alarm/info/{alarmId}", { params: { path: { alarmId } } }));
}

export function saveAlarm(body: AlarmInfo): Promise<AlarmInfo> {
  return ok(api.POST("/api/alarm", { body }));
}

export function deleteAlarm(alarmId: string): Promise<unknown> {
  return ok(api.DELETE("/api/alarm/{alarmId}", { params: { path: { alarmId } } }));
}

function read(page: Promise<Page<AlarmInfo>>): Promise<Page<Alarm>> {
  return page as Promise<Page<Alarm>>;
}
