import { api, ok } from "../../api/client";
import type { Integration, IntegrationInfo, Page, PageQuery, StatusReport } from "../../api/types";

export function listIntegrations(query: PageQuery): Promise<Page<IntegrationInfo>> {
  return ok(api.GET("/api/integrationInfos", { params: { query } }));
}

export function getIntegration(integrationId: string): Promise<Integration> {
  return ok(api.GET("/api/integration/{integrationId}", { params: { path: { integrationId } } }));
}

export function getStatus(integrationId: string): Promise<StatusReport> {
  return ok(
    api.GET("/api/millrace/integration/{integrationId}/status", { params: { path: { integrationId } } }),
  );
}

export function saveIntegration(body: Integration): Promise<Integration> {
  return ok(api.POST("/api/integration", { body }));
}

/** Tries the connection; the broker's own reason comes as the error. */
export function checkIntegration(body: Integration): Promise<unknown> {
  return ok(api.POST("/api/integration/check", { body }));
}

export function deleteIntegration(integrationId: string): Promise<unknown> {
  return ok(api.DELETE("/api/integration/{integrationId}", { params: { path: { integrationId } } }));
}
