import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { FlaskConical, Power } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { EntityId, Event } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { DetailsMenu } from "../../layouts/DetailsMenu";
import { DetailsPage } from "../../layouts/DetailsPage";
import { saveFile } from "../../lists/files";
import { Button, IconButton } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Loading, Problem } from "../../ui/Notice";
import { Status } from "../../ui/Status";
import { done, failed } from "../../ui/Toast";
import { AlarmsPanel } from "../alarms/AlarmsPanel";
import { AttributesPanel } from "../attributes/AttributesPanel";
import { DebugControl } from "../events/DebugControl";
import { EventsPanel } from "../events/EventsPanel";
import { RelationsPanel } from "../relations/RelationsPanel";
import { TelemetryPanel } from "../telemetry/TelemetryPanel";
import { EditIntegration } from "./EditIntegration";
import { LivePanel } from "./LivePanel";
import { deleteIntegration, getIntegration, getStatus, saveIntegration } from "./requests";
import { shownState } from "./state";
import { isTestable } from "./testable";

const TestFromEvent = lazy(() =>
  import("./TestFromEvent").then((module) => ({ default: module.TestFromEvent })),
);

const FOLLOW_MS = 1_000;

export function IntegrationPage() {
  const { id } = useParams({ from: "/integrations/$id" });
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const [test, setTest] = useState<Event>();
  const integration = useQuery({ queryKey: ["integrations", id], queryFn: () => getIntegration(id) });
  const status = useQuery({
    queryKey: ["integrations", id, "status"],
    queryFn: () => getStatus(id),
    refetchInterval: FOLLOW_MS,
  });
  const change = useMutation({
    mutationFn: saveIntegration,
    onSuccess: async (saved) => {
      queries.setQueryData(["integrations", id], saved);
      await queries.invalidateQueries({ queryKey: ["integrations"] });
    },
    onError: failed,
  });
  useNamedPage(integration.data?.name);

  if (integration.isPending) return <Loading what="the integration" />;
  if (integration.isError) {
    return <Problem error={integration.error} onRetry={() => void integration.refetch()} />;
  }
  const { data } = integration;
  const entity: EntityId = { entityType: "INTEGRATION", id };
  const state = status.data && shownState(status.data.state);
  const enabled = data.enabled !== false;

  return (
    <>
      <DetailsPage
        title={data.name ?? ""}
        state={state && <Status tone={state.tone}>{state.word}</Status>}
        intro={`${data.type ?? ""} integration`}
        actions={
          <>
            <Button
              icon={<Power aria-hidden />}
              isPending={change.isPending}
              onPress={() => change.mutate({ ...data, enabled: !enabled })}
            >
              {enabled ? "Disable" : "Enable"}
            </Button>
            <DetailsMenu
              label="Integration actions"
              id={id}
              onExport={() => saveFile(data.name ?? "integration", data)}
              onDelete={() => setDeleting(true)}
            />
          </>
        }
        tabs={[
          {
            id: "live",
            label: "Status",
            content: status.data ? (
              <LivePanel integrationId={id} report={status.data} />
            ) : status.isError ? (
              <Problem error={status.error} />
            ) : (
              <Loading what="the status" />
            ),
          },
          {
            id: "details",
            label: "Details",
            content: <EditIntegration key={data.version} integration={data} />,
          },
          {
            id: "events",
            label: "Events",
            content: (
              <div className="stack">
                <DebugControl
                  settings={data.debugSettings ?? undefined}
                  onChange={(debugSettings) => change.mutateAsync({ ...data, debugSettings })}
                />
                <EventsPanel
                  entity={entity}
                  types={["DEBUG_INTEGRATION", "LC_EVENT", "ERROR", "STATS"]}
                  hint="Failures are always recorded; all messages only while recording is on."
                  action={(event) =>
                    isTestable(event) ? (
                      <IconButton
                        label="Open in the decoder's test"
                        icon={<FlaskConical aria-hidden />}
                        onPress={() => setTest(event)}
                      />
                    ) : null
                  }
                />
              </div>
            ),
          },
          {
            id: "attributes",
            label: "Attributes",
            content: <AttributesPanel entity={entity} only="SERVER_SCOPE" />,
          },
          { id: "telemetry", label: "Latest telemetry", content: <TelemetryPanel entity={entity} /> },
          { id: "alarms", label: "Alarms", content: <AlarmsPanel entity={entity} /> },
          { id: "relations", label: "Relations", content: <RelationsPanel entity={entity} /> },
        ]}
      />
      {test && (
        <Suspense fallback={<Loading what="the test" />}>
          <TestFromEvent key={test.uid} integration={data} event={test} onClose={() => setTest(undefined)} />
        </Suspense>
      )}
      <Confirm
        title={`Delete ${data.name}?`}
        action="Delete"
        isOpen={deleting}
        onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await deleteIntegration(id);
          await navigate({ to: "/integrations" });
          queries.removeQueries({ queryKey: ["integrations", id] });
          done(`${data.name} deleted`);
        }}
      >
        <p>It disconnects from its broker. Its devices and their values stay.</p>
      </Confirm>
    </>
  );
}
