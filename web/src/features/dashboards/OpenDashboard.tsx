import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { LayoutDashboard } from "lucide-react";
import { useMemo, useState } from "react";
import { members } from "../../api/shapes";
import { PageHead } from "../../layouts/PageHead";
import { saveFile, withoutOrigin } from "../../lists/files";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Empty, Problem } from "../../ui/Notice";
import { done } from "../../ui/Toast";
import { type Board, BoardContext } from "./board";
import { Dialogs, type Opened } from "./Dialogs";
import { Grid } from "./grid/Grid";
import { LeaveGuard } from "./LeaveGuard";
import { type Dashboard, deleteDashboard, saveDashboard } from "./requests";
import { StateBar } from "./states/StateBar";
import { useStatePath } from "./states/useStatePath";
import { withPlace, withTimewindow, withWidget, withoutWidget } from "./stored/edit";
import { migrated } from "./stored/migrate";
import { type Layout, readDashboard, readStates } from "./stored/model";
import { type Timewindow } from "./timewindow/timewindow";
import { TimewindowPicker } from "./timewindow/TimewindowPicker";
import { EditTools, ViewTools } from "./Toolbar";
import { type Draft, useDraft } from "./useDraft";
import { useFullScreen } from "./useFullScreen";

/** An open dashboard: looked at, or edited. */
export function OpenDashboard({ id, dashboard }: { id: string; dashboard: Dashboard }) {
  const stored = useMemo(() => migrated(dashboard.configuration), [dashboard.configuration]);
  const editing = useDraft();
  const { draft } = editing;
  const configuration = draft?.configuration ?? stored;
  const states = useMemo(() => readStates(configuration), [configuration]);
  const path = useStatePath(states);
  const here = path.steps.at(-1);
  const view = useMemo(() => readDashboard(configuration, here?.state), [configuration, here?.state]);
  const [ownWindow, setOwnWindow] = useState<Timewindow>();
  const [opened, setOpened] = useState<Opened>();
  const [deleting, setDeleting] = useState(false);
  const [discarding, setDiscarding] = useState(false);
  const [saving, setSaving] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const full = useFullScreen();
  const queries = useQueryClient();
  const navigate = useNavigate();

  const edited = draft !== undefined;
  const window = edited ? view.timewindow : (ownWindow ?? view.timewindow);
  const changeWindow = (next: Timewindow | undefined) => {
    if (!edited) setOwnWindow(next);
    else if (next) change((before) => withTimewindow(before, next));
  };
  const change = (step: (configuration: Draft["configuration"]) => Draft["configuration"], about?: string) =>
    editing.change((before) => ({ ...before, configuration: step(before.configuration) }), about);
  const board: Board = useMemo(
    () => ({
      aliases: view.aliases,
      filters: view.filters,
      entities: here?.entities ?? new Map(),
      states: view.states,
      editing: edited,
      window,
      onWindow: changeWindow,
      actionOf: path.actionOf,
    }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the functions do the same while these are the same
    [view, here, edited, window],
  );
  const spot = (layout: Layout) => ({ state: view.state?.id ?? "default", layout: layout.name });
  const begin = () => {
    setOwnWindow(undefined);
    setProblem(undefined);
    editing.begin({ title: dashboard.title, configuration: stored });
  };
  const cancel = () => {
    editing.end();
    setProblem(undefined);
  };
  const save = async () => {
    if (!draft) return;
    setProblem(undefined);
    setSaving(true);
    try {
      const saved = await saveDashboard({ ...dashboard, ...draft });
      queries.setQueryData(["dashboards", id], saved);
      editing.end();
      done("Dashboard saved");
    } catch (error) {
      setProblem(error);
    } finally {
      setSaving(false);
    }
  };
  const empty = view.layouts.every((layout) => layout.widgets.length === 0);

  return (
    <BoardContext value={board}>
      <PageHead
        title={draft?.title ?? dashboard.title}
        actions={
          <>
            <TimewindowPicker
              window={window}
              onChange={changeWindow}
              onReset={!edited && ownWindow ? () => setOwnWindow(undefined) : undefined}
            />
            {edited ? (
              <EditTools
                editing={editing}
                saving={saving}
                onAdd={() => setOpened({ what: "add" })}
                onAliases={() => setOpened({ what: "aliases" })}
                onStates={() => setOpened({ what: "states" })}
                onSettings={() => setOpened({ what: "title" })}
                onCancel={() => (editing.dirty ? setDiscarding(true) : cancel())}
                onSave={() => void save()}
              />
            ) : (
              <ViewTools
                onEdit={begin}
                onFullScreen={full.enter}
                onExport={() => saveFile(dashboard.title, withoutOrigin({ ...dashboard }))}
                onDelete={() => setDeleting(true)}
              />
            )}
          </>
        }
      />
      {problem !== undefined && <Problem error={problem} />}
      {view.states.length > 1 && <StateBar states={view.states} steps={path.steps} onGo={path.go} />}
      <div className={full.on ? "dashboard dashboard-full" : "dashboard"}>
        {empty ? (
          <section className="sheet" aria-label="Widgets">
            <Empty
              icon={<LayoutDashboard />}
              title={view.states.length > 1 ? "No widget in this state yet" : "No widget yet"}
              action={
                <Button
                  look="primary"
                  onPress={() => {
                    if (!edited) begin();
                    setOpened({ what: "add" });
                  }}
                >
                  Add widget
                </Button>
              }
            >
              A widget shows values of devices, or sends them commands.
            </Empty>
          </section>
        ) : (
          <div className={view.layouts.length > 1 ? "layouts" : undefined}>
            {view.layouts.map((layout) => (
              <Grid
                key={layout.name}
                layout={layout}
                onPlace={(widget, place, gesture) =>
                  change(
                    (before) => withPlace(before, spot(layout), widget, place),
                    `place ${widget} ${gesture}`,
                  )
                }
                onEdit={(widget) => setOpened({ what: "widget", widget })}
                onCopy={(widget) =>
                  change((before) => {
                    const copied = members(members(before.widgets)[widget.id]);
                    const size = layout.places.get(widget.id);
                    return withWidget(before, spot(layout), { ...copied, sizeX: size?.w, sizeY: size?.h });
                  })
                }
                onRemove={(widget) => change((before) => withoutWidget(before, spot(layout), widget.id))}
              />
            ))}
          </div>
        )}
      </div>
      {draft && opened && (
        <Dialogs
          opened={opened}
          draft={draft}
          view={view}
          onTitle={(title) => editing.change((before) => ({ ...before, title }))}
          onChange={change}
          onClose={() => setOpened(undefined)}
        />
      )}
      <Confirm
        title="Discard the changes?"
        action="Discard"
        isOpen={discarding}
        onClose={() => setDiscarding(false)}
        onConfirm={() => Promise.resolve(cancel())}
      >
        <p>The dashboard becomes what was saved last.</p>
      </Confirm>
      <LeaveGuard dirty={edited && editing.dirty} />
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
    </BoardContext>
  );
}
