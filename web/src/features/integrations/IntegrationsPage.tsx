import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Cable, Plus } from "lucide-react";
import { Switch as AriaSwitch } from "react-aria-components";
import type { IntegrationInfo } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { ListImport } from "../../layouts/ListImport";
import { ListPage } from "../../layouts/ListPage";
import { useList } from "../../lists/useList";
import { LinkButton } from "../../ui/Button";
import type { ColumnOf } from "../../ui/DataTable";
import { Empty } from "../../ui/Notice";
import { Status } from "../../ui/Status";
import { Ago } from "../../ui/Time";
import { failed } from "../../ui/Toast";
import { deleteIntegration, getIntegration, listIntegrations, saveIntegration } from "./requests";
import { listState } from "./state";

const REFRESH_MS = 2_000;

export function IntegrationsPage() {
  useNamedPage("Integrations");
  const queries = useQueryClient();
  const list = useList({
    key: "integrations",
    load: listIntegrations,
    sort: "createdTime",
    desc: true,
    refetchMs: REFRESH_MS,
  });
  const turn = useMutation({
    mutationFn: async ({ id, enabled }: { id: string; enabled: boolean }) =>
      saveIntegration({ ...(await getIntegration(id)), enabled }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["integrations"] }),
    onError: failed,
  });
  const columns: ColumnOf<IntegrationInfo>[] = [
    {
      id: "name",
      label: "Name",
      sort: "name",
      render: (row) => <span className="table-name">{row.name}</span>,
    },
    { id: "type", label: "Type", sort: "type", minor: true, render: (row) => row.type },
    {
      id: "state",
      label: "State",
      render: (row) => {
        const { tone, word } = listState(row);
        return <Status tone={tone}>{word}</Status>;
      },
    },
    {
      id: "reason",
      label: "Reason",
      minor: true,
      render: (row) => <span className="soft table-wrap">{row.enabled ? row.status?.error : ""}</span>,
    },
    {
      id: "created",
      label: "Created",
      sort: "createdTime",
      minor: true,
      render: (row) => <Ago ts={row.createdTime} />,
    },
    {
      id: "enabled",
      label: "Enabled",
      render: (row) => (
        <AriaSwitch
          className="toggle"
          aria-label={`Enable ${row.name}`}
          isSelected={row.enabled}
          onChange={(enabled) => turn.mutate({ id: idOf(row), enabled })}
        >
          <span className="switch-track" aria-hidden>
            <span className="switch-knob" />
          </span>
        </AriaSwitch>
      ),
    },
  ];

  return (
    <ListPage
      title="Integrations"
      intro="Connections to MQTT brokers. The state is read from the live session."
      nouns={["integration", "integrations"]}
      list={list}
      columns={columns}
      idOf={idOf}
      nameOf={(row) => row.name}
      hrefOf={(row) => `/integrations/${idOf(row)}`}
      onDelete={deleteIntegration}
      onExport={getIntegration}
      deleteWarning="They disconnect from their brokers. Devices and their values stay."
      actions={
        <>
          <ListImport
            nouns={["integration", "integrations"]}
            onImport={async (row) => {
              // Disabled until somebody has looked at it: secrets are not in the file.
              const saved = await saveIntegration({ ...row, enabled: false });
              return { name: `${saved.name}, disabled,`, href: `/integrations/${saved.id?.id ?? ""}` };
            }}
            onDone={() => void list.result.refetch()}
          />
          <LinkButton href="/integrations/new" look="primary" icon={<Plus aria-hidden />}>
            Add integration
          </LinkButton>
        </>
      }
      empty={
        <Empty
          icon={<Cable />}
          title="No integration yet"
          action={
            <LinkButton href="/integrations/new" look="primary">
              Connect a broker
            </LinkButton>
          }
        >
          An integration connects to your MQTT broker and turns its messages into devices and values. It takes
          four steps.
        </Empty>
      }
    />
  );
}

function idOf(row: IntegrationInfo): string {
  return row.id?.id ?? "";
}
