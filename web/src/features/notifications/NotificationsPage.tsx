import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Bell, CheckCheck } from "lucide-react";
import { useState } from "react";
import { useNamedPage } from "../../app/pageName";
import { ListPage } from "../../layouts/ListPage";
import { useList } from "../../lists/useList";
import { Button, IconButton } from "../../ui/Button";
import type { ColumnOf } from "../../ui/DataTable";
import { Switch } from "../../ui/Field";
import { Empty } from "../../ui/Notice";
import { Status } from "../../ui/Status";
import { Ago } from "../../ui/Time";
import { failed } from "../../ui/Toast";
import type { Notification } from "../../api/types";
import { linkOf } from "./link";
import { deleteNotification, listNotifications, readAllNotifications, readNotification } from "./requests";
import { Check } from "lucide-react";

export function NotificationsPage() {
  useNamedPage("Notifications");
  const [unreadOnly, setUnreadOnly] = useState(false);
  const queries = useQueryClient();
  const list = useList({
    key: `notifications-${unreadOnly ? "unread" : "all"}`,
    load: (query) => listNotifications(query, unreadOnly),
    sort: "createdTime",
    desc: true,
    refetchMs: 10_000,
  });
  const again = () =>
    queries.invalidateQueries({ predicate: (one) => String(one.queryKey[0]).startsWith("notifications") });
  const read = useMutation({ mutationFn: readNotification, onSuccess: again, onError: failed });
  const readAll = useMutation({ mutationFn: readAllNotifications, onSuccess: again, onError: failed });

  const columns: ColumnOf<Notification>[] = [
    {
      id: "text",
      label: "Notification",
      render: (row) => (
        <div className="table-wrap">
          <p className={row.status === "SENT" ? "table-name" : undefined}>{row.text}</p>
          <p className="small soft">{row.subject}</p>
        </div>
      ),
    },
    {
      id: "status",
      label: "State",
      minor: true,
      render: (row) => (
        <Status tone={row.status === "SENT" ? "busy" : "idle"}>
          {row.status === "SENT" ? "Unread" : "Read"}
        </Status>
      ),
    },
    { id: "time", label: "Time", sort: "createdTime", render: (row) => <Ago ts={row.createdTime} /> },
    {
      id: "read",
      label: "Read",
      render: (row) =>
        row.status === "SENT" ? (
          <IconButton
            label="Mark as read"
            icon={<Check aria-hidden />}
            onPress={() => read.mutate(row.id.id)}
          />
        ) : null,
    },
  ];

  return (
    <ListPage
      title="Notifications"
      nouns={["notification", "notifications"]}
      list={list}
      columns={columns}
      idOf={(row) => row.id.id}
      nameOf={(row) => row.text}
      hrefOf={(row) => linkOf(row)?.href ?? "/notifications"}
      onDelete={deleteNotification}
      onExport={(id) => Promise.resolve(list.result.data?.data.find((row) => row.id.id === id))}
      bulk={[
        { label: "Mark as read", icon: <Check aria-hidden />, done: "marked as read", act: readNotification },
      ]}
      actions={
        <>
          <Switch label="Unread only" value={unreadOnly} onChange={setUnreadOnly} />
          <Button icon={<CheckCheck aria-hidden />} onPress={() => readAll.mutate()}>
            Mark all as read
          </Button>
        </>
      }
      empty={
        <Empty icon={<Bell />} title={unreadOnly ? "Everything is read" : "No notifications yet"}>
          You are told here when an integration creates a device.
        </Empty>
      }
    />
  );
}
