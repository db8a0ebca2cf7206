import { api, ok } from "../../api/client";
import type { Members } from "../../api/shapes";
import type { Page, PageQuery } from "../../api/types";

export interface Dashboard {
  id?: { entityType: "DASHBOARD"; id: string };
  createdTime?: number;
  title: string;
  configuration?: Members;
  version?: number;
}

export function listDashboards(query: PageQuery): Promise<Page<Dashboard>> {
  return ok(api.GET("/api/tenant/dashboards", { params: { query } })) as Promise<Page<Dashboard>>;
}

export function getDashboard(dashboardId: string): Promise<Dashboard> {
  const params = { path: { dashboardId } };
  return ok(api.GET("/api/dashboard/{dashboardId}", { params })) as Promise<Dashboard>;
}

export function saveDashboard(dashboard: Dashboard): Promise<Dashboard> {
  const body = { ...dashboard, configuration: dashboard.configuration ?? {} };
  return ok(api.POST("/api/dashboard", { body })) as Promise<Dashboard>;
}

export function deleteDashboard(dashboardId: string): Promise<unknown> {
  return ok(api.DELETE("/api/dashboard/{dashboardId}", { params: { path: { dashboardId } } }));
}
