import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { Copy, EllipsisVertical, Trash2 } from "lucide-react";
import { useState } from "react";
import type { EntityId } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { DetailsPage } from "../../layouts/DetailsPage";
import { IconButton } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Menu } from "../../ui/Menu";
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
        actions={
          <Menu
            label="Asset actions"
            actions={[
              {
                id: "copy",
                label: "Copy id",
                icon: <Copy aria-hidden />,
                onAction: () => void navigator.clipboard.writeText(id).then(() => done("Id copied")),
              },
              {
                id: "delete",
                label: "Delete",
                icon: <Trash2 aria-hidden />,
                danger: true,
                onAction: () => setDeleting(true),
              },
            ]}
          >
            <IconButton label="Asset actions" look="secondary" icon={<EllipsisVertical aria-hidden />} />
          </Menu>
        }
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
