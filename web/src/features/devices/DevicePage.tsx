import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { EntityId } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { DetailsMenu } from "../../layouts/DetailsMenu";
import { DetailsPage } from "../../layouts/DetailsPage";
import { useAttributeValues } from "../../live/values";
import { Confirm } from "../../ui/Confirm";
import { Loading, Problem } from "../../ui/Notice";
import { Activity } from "../../ui/Status";
import { Ago } from "../../ui/Time";
import { done } from "../../ui/Toast";
import { AlarmsPanel } from "../alarms/AlarmsPanel";
import { AttributesPanel } from "../attributes/AttributesPanel";
import { CommandsPanel } from "../commands/CommandsPanel";
import { EventsPanel } from "../events/EventsPanel";
import { RelationsPanel } from "../relations/RelationsPanel";
import { TelemetryPanel } from "../telemetry/TelemetryPanel";
import { DeviceDetails } from "./DeviceDetails";
import { deleteDevice, getDevice } from "./requests";

export function DevicePage() {
  const { id } = useParams({ from: "/devices/$id" });
  const device = useQuery({ queryKey: ["devices", id], queryFn: () => getDevice(id) });
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const entity: EntityId = { entityType: "DEVICE", id };
  const activity = useAttributeValues(entity, "SERVER_SCOPE", "active,lastActivityTime");
  useNamedPage(device.data?.name);

  if (device.isPending) return <Loading what="the device" />;
  if (device.isError) return <Problem error={device.error} onRetry={() => void device.refetch()} />;
  const { data } = device;
  const active = activity?.get("active")?.value ?? String(data.active);
  const seen = Number(activity?.get("lastActivityTime")?.value ?? 0);

  return (
    <>
      <DetailsPage
        title={data.name ?? ""}
        state={<Activity active={active === "true"} />}
        intro={
          <>
            {data.deviceProfileName} · last activity <Ago ts={seen} />
          </>
        }
        actions={<DetailsMenu label="Device actions" id={id} onDelete={() => setDeleting(true)} />}
        tabs={[
          { id: "telemetry", label: "Latest telemetry", content: <TelemetryPanel entity={entity} /> },
          { id: "details", label: "Details", content: <DeviceDetails device={data} /> },
          { id: "attributes", label: "Attributes", content: <AttributesPanel entity={entity} /> },
          { id: "commands", label: "Commands", content: <CommandsPanel deviceId={id} /> },
          { id: "alarms", label: "Alarms", content: <AlarmsPanel entity={entity} /> },
          {
            id: "events",
            label: "Events",
            content: <EventsPanel entity={entity} types={["ERROR", "LC_EVENT", "STATS"]} />,
          },
          { id: "relations", label: "Relations", content: <RelationsPanel entity={entity} /> },
        ]}
      />
      <Confirm
        title={`Delete ${data.name}?`}
        action="Delete"
        isOpen={deleting}
        onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await deleteDevice(id);
          await navigate({ to: "/devices" });
          queries.removeQueries({ queryKey: ["devices", id] });
          await queries.invalidateQueries({ queryKey: ["devices"] });
          done(`${data.name} deleted`);
        }}
      >
        <p>Telemetry, attributes and relations go with it. It appears again when its next message arrives.</p>
      </Confirm>
    </>
  );
}
