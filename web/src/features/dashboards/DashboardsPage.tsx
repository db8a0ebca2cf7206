import { useNavigate } from "@tanstack/react-router";
import { LayoutDashboard, Plus } from "lucide-react";
import { useState } from "react";
import { members, text } from "../../api/shapes";
import { useNamedPage } from "../../app/pageName";
import { ListPage } from "../../layouts/ListPage";
import { readFile } from "../../lists/files";
import { useList } from "../../lists/useList";
import { Button } from "../../ui/Button";
import type { ColumnOf } from "../../ui/DataTable";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { ImportButton } from "../../ui/ImportButton";
import { Empty, Problem } from "../../ui/Notice";
import { Ago } from "../../ui/Time";
import { done, failed } from "../../ui/Toast";
import { type Dashboard, deleteDashboard, listDashboards, saveDashboard } from "./requests";

export function DashboardsPage() {
  useNamedPage("Dashboards");
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const list = useList({ key: "dashboards", load: listDashboards, sort: "createdTime", desc: true });
  const open = (saved: Dashboard) => navigate({ to: "/dashboards/$id", params: { id: saved.id?.id ?? "" } });
  const importOne = async (file: File) => {
    try {
      const read = await readFile(file);
      const title = text(read.title) || text(read.name) || file.name;
      const saved = await saveDashboard({ ...read, title, configuration: members(read.configuration) });
      done(`${saved.title} imported`);
      await open(saved);
    } catch (error) {
      failed(error);
    }
  };
  return (
    <>
      <ListPage
        title="Dashboards"
        nouns={["dashboard", "dashboards"]}
        list={list}
        columns={COLUMNS}
        idOf={idOf}
        nameOf={(row) => row.title}
        hrefOf={(row) => `/dashboards/${idOf(row)}`}
        onDelete={deleteDashboard}
        actions={
          <>
            <ImportButton onFile={importOne} />
            <Button look="primary" icon={<Plus aria-hidden />} onPress={() => setAdding(true)}>
              Create dashboard
            </Button>
          </>
        }
        empty={
          <Empty
            icon={<LayoutDashboard />}
            title="No dashboard yet"
            action={
              <Button look="primary" onPress={() => setAdding(true)}>
                Create dashboard
              </Button>
            }
          >
            Gauges, charts and controls for your devices. Exports of comparable platforms can be imported.
          </Empty>
        }
      />
      {adding && <NewDashboard onClose={() => setAdding(false)} onSaved={(saved) => void open(saved)} />}
    </>
  );
}

function NewDashboard({ onClose, onSaved }: { onClose: () => void; onSaved: (saved: Dashboard) => void }) {
  const [title, setTitle] = useState("");
  const [problem, setProblem] = useState<unknown>();
  const save = async () => {
    setProblem(undefined);
    try {
      onSaved(await saveDashboard({ title: title.trim(), configuration: EMPTY }));
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Dialog
      title="Create dashboard"
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={!title.trim()} onPress={() => void save()}>
            Create
          </Button>
        </>
      }
    >
      {problem !== undefined && <Problem error={problem} />}
      <TextField label="Title" value={title} onChange={setTitle} isRequired autoFocus />
    </Dialog>
  );
}

const EMPTY = {
  widgets: {},
  entityAliases: {},
  filters: {},
  states: {
    default: {
      name: "default",
      root: true,
      layouts: { main: { widgets: {}, gridSettings: { columns: 24, margin: 10, outerMargin: true } } },
    },
  },
  timewindow: {
    selectedTab: 0,
    realtime: { realtimeType: 0, interval: 1000, timewindowMs: 60_000 },
    aggregation: { type: "AVG", limit: 2500 },
  },
  settings: { stateControllerId: "entity", showTitle: true },
};

function idOf(row: Dashboard): string {
  return row.id?.id ?? "";
}

const COLUMNS: ColumnOf<Dashboard>[] = [
  {
    id: "title",
    label: "Title",
    sort: "title",
    render: (row) => <span className="table-name">{row.title}</span>,
  },
  { id: "created", label: "Created", sort: "createdTime", render: (row) => <Ago ts={row.createdTime} /> },
];
