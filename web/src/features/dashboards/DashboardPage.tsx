import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import {
  Download,
  EllipsisVertical,
  LayoutDashboard,
  Maximize,
  Pencil,
  Plus,
  Save,
  Trash2,
  X,
} from "lucide-react";
import { useMemo, useRef, useState } from "react";
import { useNamedPage } from "../../app/pageName";
import { PageHead } from "../../layouts/PageHead";
import { saveFile } from "../../lists/files";
import { Button, IconButton } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Select } from "../../ui/Field";
import { Menu } from "../../ui/Menu";
import { Empty, Loading, Problem } from "../../ui/Notice";
import { done } from "../../ui/Toast";
import { AddWidget } from "./AddWidget";
import { withPlace, withWidget, withoutWidget } from "./edit";
import { Grid } from "./Grid";
import { migrated } from "./migrate";
import { readDashboard } from "./model";
import { type Dashboard, deleteDashboard, getDashboard, saveDashboard } from "./requests";
import "./dashboards.css";

const MINUTE = 60_000;
const WINDOWS = [
  { id: String(MINUTE), label: "Last minute" },
  { id: String(5 * MINUTE), label: "Last 5 minutes" },
  { id: String(15 * MINUTE), label: "Last 15 minutes" },
  { id: String(60 * MINUTE), label: "Last hour" },
  { id: String(24 * 60 * MINUTE), label: "Last day" },
  { id: String(7 * 24 * 60 * MINUTE), label: "Last 7 days" },
];

export function DashboardPage() {
  const { id } = useParams({ from: "/dashboards/$id" });
  const dashboard = useQuery({ queryKey: ["dashboards", id], queryFn: () => getDashboard(id) });
  useNamedPage(dashboard.data?.title);
  if (dashboard.isPending) return <Loading what="the dashboard" />;
  if (dashboard.isError) return <Problem error={dashboard.error} onRetry={() => void dashboard.refetch()} />;
  return <DashboardView key={`${id}/${dashboard.data.version ?? 0}`} id={id} dashboard={dashboard.data} />;
}

function DashboardView({ id, dashboard }: { id: string; dashboard: Dashboard }) {
  const stored = useMemo(() => migrated(dashboard.configuration), [dashboard]);
  const [draft, setDraft] = useState(stored);
  const [editing, setEditing] = useState(false);
  const [adding, setAdding] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const view = useMemo(() => readDashboard(draft), [draft]);
  const [ms, setMs] = useState<number>();
  const frame = useRef<HTMLDivElement>(null);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const span = ms ?? view.timewindow.ms;
  const known = WINDOWS.some((one) => one.id === String(span));
  const choices = known
    ? WINDOWS
    : [{ id: String(span), label: `Last ${Math.round(span / 1000)} s` }, ...WINDOWS];

  const save = async () => {
    setProblem(undefined);
    try {
      const saved = await saveDashboard({ ...dashboard, configuration: draft });
      queries.setQueryData(["dashboards", id], saved);
      setEditing(false);
      done("Dashboard saved");
    } catch (error) {
      setProblem(error);
    }
  };

  return (
    <>
      <PageHead
        title={dashboard.title}
        actions={
          editing ? (
            <>
              <Button icon={<Plus aria-hidden />} onPress={() => setAdding(true)}>
                Add widget
              </Button>
              <Button
                icon={<X aria-hidden />}
                onPress={() => {
                  setDraft(stored);
                  setEditing(false);
                }}
              >
                Cancel
              </Button>
              <Button look="primary" icon={<Save aria-hidden />} onPress={() => void save()}>
                Save
              </Button>
            </>
          ) : (
            <>
              <div className="dashboard-window">
                <Select
                  bare
                  label="Time window"
                  choices={choices}
                  value={String(span)}
                  onChange={(next) => setMs(Number(next))}
                />
              </div>
              <Button icon={<Pencil aria-hidden />} onPress={() => setEditing(true)}>
                Edit
              </Button>
              <Menu
                label="Dashboard actions"
                actions={[
                  {
                    id: "full",
                    label: "Full screen",
                    icon: <Maximize aria-hidden />,
                    onAction: () => void frame.current?.requestFullscreen(),
                  },
                  {
                    id: "export",
                    label: "Export",
                    icon: <Download aria-hidden />,
                    onAction: () =>
                      saveFile(dashboard.title, { title: dashboard.title, configuration: draft }),
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
                <IconButton
                  label="Dashboard actions"
                  look="secondary"
                  icon={<EllipsisVertical aria-hidden />}
                />
              </Menu>
            </>
          )
        }
      />
      {problem !== undefined && <Problem error={problem} />}
      <div ref={frame} className="dashboard">
        {view.widgets.length === 0 ? (
          <section className="sheet" aria-label="Widgets">
            <Empty
              icon={<LayoutDashboard />}
              title="No widget yet"
              action={
                <Button
                  look="primary"
                  onPress={() => {
                    setEditing(true);
                    setAdding(true);
                  }}
                >
                  Add widget
                </Button>
              }
            >
              A widget shows a device's values, or sends it commands.
            </Empty>
          </section>
        ) : (
          <Grid
            view={view}
            span={span}
            editing={editing}
            onPlace={(widget, place) => setDraft((before) => withPlace(before, widget, place))}
            onRemove={(widget) => setDraft((before) => withoutWidget(before, widget))}
          />
        )}
      </div>
      {adding && (
        <AddWidget
          view={view}
          onClose={() => setAdding(false)}
          onAdd={(widget) => {
            setDraft((before) => withWidget(before, widget));
            setAdding(false);
          }}
        />
      )}
      <Confirm
        title={`Delete ${dashboard.title}?`}
        action="Delete"
        isOpen={deleting}
        onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await deleteDashboard(id);
          await navigate({ to: "/dashboards" });
          await queries.invalidateQueries({ queryKey: ["dashboards"] });
        }}
      >
        <p>Devices and their values stay.</p>
      </Confirm>
    </>
  );
}
