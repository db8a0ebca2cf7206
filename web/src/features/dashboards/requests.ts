import { call, queryOf } from "../../api/raw";
import { type Members, members, text } from "../../api/shapes";
import type { EntityId, Page, PageQuery } from "../../api/types";
import type { Alias } from "./model";

export interface Dashboard {
  id?: { entityType: "DASHBOARD"; id: string };
  createdTime?: number;
  title: string;
  configuration?: Members;
  version?: number;
}

export async function listDashboards(query: PageQuery): Promise<Page<Dashboard>> {
  return (await call("GET", `/api/tenant/dashboards?${queryOf(query)}`)) as Page<Dashboard>;
}

export async function getDashboard(id: string): Promise<Dashboard> {
  return (await call("GET", `/api/dashboard/${id}`)) as Dashboard;
}

export async function saveDashboard(body: Dashboard): Promise<Dashboard> {
  return (await call("POST", "/api/dashboard", body)) as Dashboard;
}

export function deleteDashboard(id: string): Promise<unknown> {
  return call("DELETE", `/api/dashboard/${id}`);
}

export interface Found {
  entity: EntityId;
  name: string;
}

const MOST = 100;

/** The entities that an alias means now. */
export async function resolveAlias(alias: Alias): Promise<Found[]> {
  const reply = members(
    await call("POST", "/api/entitiesQuery/find", {
      entityFilter: alias.filter,
      entityFields: [{ type: "ENTITY_FIELD", key: "name" }],
      pageLink: {
        page: 0,
        pageSize: alias.many ? MOST : 1,
        sortOrder: { key: { type: "ENTITY_FIELD", key: "name" }, direction: "ASC" },
      },
    }),
  );
  const rows = Array.isArray(reply.data) ? reply.data : [];
  return rows.map((raw: unknown) => {
    const row = members(raw);
    const fields = members(members(row.latest).ENTITY_FIELD);
    return { entity: row.entityId as EntityId, name: text(members(fields.name).value) };
  });
}

/** Sends a command; with `twoway` the device's answer is the result. */
export function sendCommand(
  deviceId: string,
  kind: "oneway" | "twoway",
  method: string,
  params: unknown,
  timeout: number,
): Promise<unknown> {
  return call("POST", `/api/rpc/${kind}/${deviceId}`, { method, params, timeout, persistent: false });
}
