import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { EntityId } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { DetailsPage } from "../../layouts/DetailsPage";
import { Loading, Problem } from "../../ui/Notice";
import { AttributesPanel } from "../attributes/AttributesPanel";
import { EventsPanel } from "../events/EventsPanel";
import { RelationsPanel } from "../relations/RelationsPanel";
import { TelemetryPanel } from "../telemetry/TelemetryPanel";
import { getAsset } from "./requests";

export function AssetPage() {
  const { id } = useParams({ from: "/assets/$id" });
  const asset = useQuery({ queryKey: ["assets", id], queryFn: () => getAsset(id) });
  useNamedPage(asset.data?.name);
  if (asset.isPending) return <Loading what="the asset" />;
  if (asset.isError) return <Problem error={asset.error} onRetry={() => void asset.refetch()} />;
  const entity: EntityId = { entityType: "ASSET", id };
  return (
    <DetailsPage
      title={asset.data.name ?? ""}
      intro={asset.data.type}
      tabs={[
        {
          id: "attributes",
          label: "Attributes",
          content: <AttributesPanel entity={entity} only="SERVER_SCOPE" />,
        },
        { id: "telemetry", label: "Latest telemetry", content: <TelemetryPanel entity={entity} /> },
        {
          id: "events",
          label: "Events",
          content: <EventsPanel entity={entity} types={["ERROR", "LC_EVENT", "STATS"]} />,
        },
        { id: "relations", label: "Relations", content: <RelationsPanel entity={entity} /> },
      ]}
    />
  );
}
