import { api, ok } from "../../api/client";
import type { Notification, Page, PageQuery } from "../../api/types";

export function listNotifications(query: PageQuery, unreadOnly: boolean): Promise<Page<Notification>> {
  return ok(api.GET("/api/notifications", { params: { query: { ...query, unreadOnly } } }));
}

export function readNotification(id: string): Promise<unknown> {
  return ok(api.PUT("/api/notification/{id}/read", { params: { path: { id } } }));
}

export function readAllNotifications(): Promise<unknown> {
  return ok(api.PUT("/api/notifications/read", {}));
}

export function deleteNotification(id: string): Promise<unknown> {
  return ok(api.DELETE("/api/notification/{id}", { params: { path: { id } } }));
}
