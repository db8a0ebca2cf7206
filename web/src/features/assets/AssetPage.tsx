import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { EntityId } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { DetailsMenu } from "../../layouts/DetailsMenu";
import { DetailsPage } from "../../layouts/DetailsPage";
import { Confirm } from "../../ui/Confirm";
import { Loading, Problem } from "../../ui/Notice";
import { done } from "../../ui/Toast";
import { AlarmsPanel } from "../alarms/AlarmsPanel";
import { AttributesPanel } from "../attributes/AttributesPanel";
import { EventsPanel } from "../events/EventsPanel";
import { RelationsPanel } from "../relations/RelationsPanel";
import { TelemetryPanel } from "../telemetry/TelemetryPanel";
import { AssetDetails } from "./AssetDetails";
import { deleteAsset, getAsset } from "./requests";

export function AssetPage() {
  const { id } = useParams({ from: "/assets/$id" });
  const asset = useQuery({ queryKey: ["assets", id], queryFn: () => getAsset(id) });
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  useNamedPage(asset.data?.name);
  if (asset.isPending) return <Loading what="the asset" />;
  if (asset.isError) return <Problem error={asset.error} onRetry={() => void asset.refetch()} />;
  const { data } = asset;
  const entity: EntityId = { entityType: "ASSET", id };
  return (
    <>
      <DetailsPage
        title={data.name ?? ""}
        intro={data.type}
        actions={<DetailsMenu label="Asset actions" id={id} onDelete={() => setDeleting(true)} />}
        tabs={[
          { id: "details", label: "Details", content: <AssetDetails key={data.version} asset={data} /> },
          {
            id: "attributes",
            label: "Attributes",
            content: <AttributesPanel entity={entity} only="SERVER_SCOPE" />,
          },
          { id: "telemetry", label: "Latest telemetry", content: <TelemetryPanel entity={entity} /> },
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
          await deleteAsset(id);
          await navigate({ to: "/assets" });
          queries.removeQueries({ queryKey: ["assets", id] });
          await queries.invalidateQueries({ queryKey: ["assets"] });
          done(`${data.name} deleted`);
        }}
      >
        <p>Telemetry, attributes and relations go with it.</p>
      </Confirm>
    </>
  );
}
