import { Bell as BellIcon } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from "react-aria-components";
import { markAllRead, markRead, useUnread } from "../../live/notifications";
import { Button, LinkButton } from "../../ui/Button";
import { NotificationItem } from "./NotificationItem";
import "./notifications.css";

/** The unread notifications, live, in every page's head. */
export function Bell() {
  const unread = useUnread();
  const [open, setOpen] = useState(false);
  const many = unread.count > 99 ? "99+" : String(unread.count);
  return (
    <DialogTrigger isOpen={open} onOpenChange={setOpen}>
      <AriaButton
        className="button button-icon button-quiet bell"
        aria-label={unread.count === 0 ? "Notifications" : `Notifications, ${unread.count} unread`}
      >
        <BellIcon aria-hidden />
        {unread.count > 0 && (
          <span className="bell-count" aria-hidden>
            {many}
          </span>
        )}
      </AriaButton>
      <Popover className="popover bell-panel" placement="bottom end">
        <Dialog className="dialog" aria-label="Notifications">
          <div className="bell-head">
            <h2>Notifications</h2>
            {unread.count > 0 && (
              <Button look="quiet" onPress={markAllRead}>
                Mark all as read
              </Button>
            )}
          </div>
          {unread.newest.length === 0 ? (
            <p className="bell-none soft">Nothing new.</p>
          ) : (
            <ul className="bell-list">
              {unread.newest.map((one) => (
                <NotificationItem
                  key={one.id.id}
                  notification={one}
                  onRead={() => markRead([one.id.id])}
                  onLeave={() => setOpen(false)}
                />
              ))}
            </ul>
          )}
          <div className="bell-foot" onClick={() => setOpen(false)}>
            <LinkButton href="/notifications" look="quiet">
              View all
            </LinkButton>
          </div>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
