import { call, queryOf } from "../../api/raw";
import type { EntityId, Page, PageQuery } from "../../api/types";

export type Severity = "CRITICAL" | "MAJOR" | "MINOR" | "WARNING" | "INDETERMINATE";

export interface Alarm {
  id: { entityType: "ALARM"; id: string };
  type: string;
  originator: EntityId;
  originatorName?: string | null;
  severity: Severity;
  acknowledged: boolean;
  cleared: boolean;
  startTs: number;
  endTs: number;
  createdTime: number;
}

export type AlarmFilter = "ANY" | "ACTIVE" | "UNACK" | "CLEARED";

export async function listAlarms(query: PageQuery, filter: AlarmFilter): Promise<Page<Alarm>> {
  const search = filter === "ANY" ? {} : { searchStatus: filter };
  return (await call("GET", `/api/alarms?${queryOf({ ...query, ...search })}`)) as Page<Alarm>;
}

/** Alarms of one entity, newest first. */
export async function alarmsOf(entity: EntityId): Promise<Page<Alarm>> {
  const query = queryOf({ page: 0, pageSize: 50, sortProperty: "createdTime", sortOrder: "DESC" });
  return (await call("GET", `/api/alarm/${entity.entityType}/${entity.id}?${query}`)) as Page<Alarm>;
}

export function acknowledge(id: string): Promise<unknown> {
  return call("POST", `/api/alarm/${id}/ack`);
}

export function clear(id: string): Promise<unknown> {
  return call("POST", `/api/alarm/${id}/clear`);
}

export function deleteAlarm(id: string): Promise<unknown> {
  return call("DELETE", `/api/alarm/${id}`);
}
