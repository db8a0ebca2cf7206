/** The unread notifications, live. */
import { useEffect, useState } from "react";
import type { Notification } from "../api/types";
import { live } from "./connection";

export interface Unread {
  count: number;
  newest: Notification[];
}

const SHOWN = 8;

/** Unread notifications: how many, and the newest of them. The server sends the whole again after a change. */
export function useUnread(): Unread {
  const [unread, setUnread] = useState<Unread>({ count: 0, newest: [] });
  useEffect(
    () =>
      live.subscribe({ type: "NOTIFICATIONS", limit: SHOWN }, (update) => {
        const count = typeof update.totalUnreadCount === "number" ? update.totalUnreadCount : 0;
        setUnread((before) => {
          if (Array.isArray(update.notifications))
            return { count, newest: update.notifications as Notification[] };
          const one = update.update as Notification | null;
          if (!one) return { ...before, count };
          const rest = before.newest.filter((other) => other.id.id !== one.id.id);
          const newest = one.status === "SENT" ? [one, ...rest].slice(0, SHOWN) : rest;
          return { count, newest };
        });
      }),
    [],
  );
  return unread;
}

export function markRead(ids: string[]): void {
  live.send({ type: "MARK_NOTIFICATIONS_AS_READ", notifications: ids });
}

export function markAllRead(): void {
  live.send({ type: "MARK_ALL_NOTIFICATIONS_AS_READ" });
}
