import { api, ok } from "../../api/client";
import type { ApiKeyInfo, Page } from "../../api/types";

export function currentUser() {
  return ok(api.GET("/api/auth/user"));
}

const MOST = 100;

export function listApiKeys(userId: string): Promise<Page<ApiKeyInfo>> {
  const query = { page: 0, pageSize: MOST, sortProperty: "createdTime", sortOrder: "DESC" as const };
  return ok(api.GET("/api/apiKeys/{userId}", { params: { path: { userId }, query } }));
}

/** Makes a key; its value is in this reply only. */
export async function addApiKey(
  userId: string,
  description: string,
  expirationTime: number,
): Promise<string> {
  const body: ApiKeyInfo = {
    userId: { entityType: "USER", id: userId },
    description,
    enabled: true,
    expirationTime,
  };
  return (await ok(api.POST("/api/apiKey", { body }))).value;
}

export function enableApiKey(id: string, enabledValue: boolean): Promise<unknown> {
  return ok(api.PUT("/api/apiKey/{id}/enabled/{enabledValue}", { params: { path: { id, enabledValue } } }));
}

export function deleteApiKey(id: string): Promise<unknown> {
  return ok(api.DELETE("/api/apiKey/{id}", { params: { path: { id } } }));
}
