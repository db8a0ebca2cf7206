import { call, queryOf } from "../../api/raw";
import type { Members } from "../../api/shapes";
import type { Page, PageQuery } from "../../api/types";

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
