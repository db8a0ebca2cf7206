import { Plus, Thermometer } from "lucide-react";
import { useState } from "react";
import type { DeviceInfo } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { ListImport } from "../../layouts/ListImport";
import { ListPage } from "../../layouts/ListPage";
import { useList } from "../../lists/useList";
import { type LatestValues, useAttributesOf } from "../../live/values";
import { Button, LinkButton } from "../../ui/Button";
import type { ColumnOf } from "../../ui/DataTable";
import { Empty } from "../../ui/Notice";
import { Activity } from "../../ui/Status";
import { Ago } from "../../ui/Time";
import { NewDevice } from "./NewDevice";
import { deleteDevice, listDevices } from "./requests";
import { exportDevice, importDevice } from "./transfer";

export function DevicesPage() {
  useNamedPage("Devices");
  const [adding, setAdding] = useState(false);
  const list = useList({
    key: "devices",
    load: listDevices,
    sort: "createdTime",
    desc: true,
    refetchMs: 5_000,
  });
  const activity = useAttributesOf(
    (list.result.data?.data ?? []).flatMap((row) => row.id ?? []),
    "SERVER_SCOPE",
    "active,lastActivityTime",
  );
  const add = (
    <Button look="primary" icon={<Plus aria-hidden />} onPress={() => setAdding(true)}>
      Add device
    </Button>
  );
  return (
    <>
      <ListPage
        title="Devices"
        intro="Devices appear by themselves with the first message of an integration."
        nouns={["device", "devices"]}
        list={list}
        columns={columns(activity)}
        idOf={idOf}
        nameOf={(row) => row.name ?? ""}
        hrefOf={(row) => `/devices/${idOf(row)}`}
        onDelete={deleteDevice}
        onExport={exportDevice}
        deleteWarning="Telemetry, attributes and relations go with them."
        actions={
          <>
            <ListImport
              nouns={["device", "devices"]}
              onImport={importDevice}
              onDone={() => void list.result.refetch()}
            />
            {add}
          </>
        }
        empty={
          <Empty
            icon={<Thermometer />}
            title="No device yet"
            action={
              <>
                <LinkButton href="/integrations/new" look="primary">
                  Connect a broker
                </LinkButton>
                <Button onPress={() => setAdding(true)}>Add a device by hand</Button>
              </>
            }
          >
            Connect an integration to your MQTT broker: each device that sends a message shows up here.
          </Empty>
        }
      />
      <NewDevice isOpen={adding} onClose={() => setAdding(false)} />
    </>
  );
}

function idOf(row: DeviceInfo): string {
  return row.id?.id ?? "";
}

type ActivityOf = ReadonlyMap<string, LatestValues>;

function columns(activity: ActivityOf): ColumnOf<DeviceInfo>[] {
  const value = (row: DeviceInfo, key: string) => activity.get(idOf(row))?.get(key)?.value;
  const active = (row: DeviceInfo) => value(row, "active") ?? String(row.active);
  return [
    {
      id: "name",
      label: "Name",
      sort: "name",
      render: (row) => <span className="table-name">{row.name}</span>,
    },
    {
      id: "profile",
      label: "Device profile",
      sort: "type",
      minor: true,
      render: (row) => row.deviceProfileName,
    },
    { id: "label", label: "Label", sort: "label", minor: true, render: (row) => row.label ?? "" },
    { id: "state", label: "State", render: (row) => <Activity active={active(row) === "true"} /> },
    {
      id: "seen",
      label: "Last activity",
      minor: true,
      render: (row) => <Ago ts={Number(value(row, "lastActivityTime") ?? 0)} />,
    },
    {
      id: "created",
      label: "Created",
      sort: "createdTime",
      minor: true,
      render: (row) => <Ago ts={row.createdTime} />,
    },
  ];
}
