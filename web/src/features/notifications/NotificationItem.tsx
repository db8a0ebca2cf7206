import { Check, Info } from "lucide-react";
import type { Notification } from "../../api/types";
import { IconButton } from "../../ui/Button";
import { Ago } from "../../ui/Time";
import { Link } from "react-aria-components";
import { linkOf } from "./link";

interface ItemProps {
  notification: Notification;
  onRead: () => void;
  onLeave?: () => void;
}

export function NotificationItem({ notification, onRead, onLeave }: ItemProps) {
  const link = linkOf(notification);
  const unread = notification.status === "SENT";
  const follow = () => {
    if (unread) onRead();
    onLeave?.();
  };
  return (
    <li className={unread ? "notification notification-unread" : "notification"}>
      <Info aria-hidden size={16} />
      <div className="notification-text">
        <p className="notification-subject">
          {notification.subject}
          {unread && <span className="visually-hidden"> (unread)</span>}
        </p>
        <p>{notification.text}</p>
        <p className="small soft">
          <Ago ts={notification.createdTime} />
          {link && (
            <>
              {" · "}
              <Link href={link.href} onPress={follow} className="notification-link">
                {link.label}
                <span className="visually-hidden"> for {notification.text}</span>
              </Link>
            </>
          )}
        </p>
      </div>
      {unread && <IconButton label="Mark as read" icon={<Check aria-hidden />} onPress={onRead} />}
    </li>
  );
}
