import { placeOf } from "../../app/navigation";
import { members, text } from "../../api/shapes";
import type { Notification } from "../../api/types";

/** Where a notification leads: its own link when it stays inside, else its entity's page. */
export function linkOf(notification: Notification): { href: string; label: string } | undefined {
  const button = members(members(notification.additionalConfig).actionButtonConfig);
  const link = text(button.link);
  if (button.enabled === true && /^\/[^/\\]/.test(link))
    return { href: link, label: text(button.text, "Open") };
  const entity = members(members(notification.info).entityId);
  const href = placeOf(text(entity.entityType), text(entity.id));
  return href ? { href, label: "Open" } : undefined;
}
