import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { LayoutDashboard, Minimize } from "lucide-react";
import { useMemo, useState } from "react";
import { members } from "../../api/shapes";
import type { EntityId } from "../../api/types";
import { PageHead } from "../../layouts/PageHead";
import { saveFile, withoutOrigin } from "../../lists/files";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Empty, Problem } from "../../ui/Notice";
import { done } from "../../ui/Toast";
import { withEntities } from "./aliases/chosen";
import { type Board, BoardContext } from "./board";
import { Dialogs, type Opened } from "./Dialogs";
import { type Chosen, withChosen } from "./filters/predicates";
import { Grid } from "./grid/Grid";
import { LeaveGuard } from "./LeaveGuard";
import { BoardArea } from "./looks/BoardArea";
import { useScreen } from "./looks/useScreen";
import { useTitleInk } from "./looks/useTitleInk";
import { type Dashboard, deleteDashboard, saveDashboard } from "./requests";
import { StateBar } from "./states/StateBar";
import { useStatePath } from "./states/useStatePath";
import { withTimewindow } from "./stored/edit";
import { BREAKPOINTS, type Breakpoint } from "./stored/look";
import { migrated } from "./stored/migrate";
import { readDashboard, readStates } from "./stored/model";
import type { Timewindow } from "./timewindow/timewindow";
import { BoardTools, EditTools, ViewTools } from "./Toolbar";
import { type Draft, useDraft } from "./useDraft";
import { useFullScreen } from "./useFullScreen";
import { useWidgetEdits } from "./useWidgetEdits";

const NO_ENTITIES: ReadonlyMap<string, EntityId> = new Map();
const NO_VALUES: Chosen = new Map();

/** How wide a layout made for some widths is edited (px). */
function widest(point: Breakpoint): number | undefined {
  return BREAKPOINTS.find((one) => one.id === point)?.to;
}

/** An open dashboard: looked at, or edited. */
export function OpenDashboard({ id, dashboard }: { id: string; dashboard: Dashboard }) {
  const stored = useMemo(() => migrated(dashboard.configuration), [dashboard.configuration]);
  const editing = useDraft();
  const { draft } = editing;
  const edited = draft !== undefined;
  const configuration = draft?.configuration ?? stored;
  const states = useMemo(() => readStates(configuration), [configuration]);
  const path = useStatePath(states);
  const here = path.steps.at(-1);
  const screen = useScreen();
  // While editing, the layouts of other widths can be looked at too.
  const [wanted, setWanted] = useState<Breakpoint | "default">();
  const point = edited && wanted ? (wanted === "default" ? undefined : wanted) : screen;
  const view = useMemo(
    () => readDashboard(configuration, here?.state, point),
    [configuration, here?.state, point],
  );
  const [ownWindow, setOwnWindow] = useState<Timewindow>();
  const [entities, setEntities] = useState(NO_ENTITIES);
  const [values, setValues] = useState(NO_VALUES);
  const [opened, setOpened] = useState<Opened>();
  const [deleting, setDeleting] = useState(false);
  const [discarding, setDiscarding] = useState(false);
  const [saving, setSaving] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const full = useFullScreen();
  const ink = useTitleInk(view.look);
  const queries = useQueryClient();
  const navigate = useNavigate();

  const window = edited ? view.timewindow : (ownWindow ?? view.timewindow);
  const changeWindow = (next: Timewindow | undefined) => {
    if (!edited) setOwnWindow(next);
    else if (next) change((before) => withTimewindow(before, next));
  };
  const change = (step: (configuration: Draft["configuration"]) => Draft["configuration"], about?: string) =>
    editing.change((before) => ({ ...before, configuration: step(before.configuration) }), about);
  const board: Board = useMemo(
    () => ({
      aliases: edited ? view.aliases : withEntities(view.aliases, entities),
      filters: edited ? view.filters : withChosen(view.filters, values),
      entities: here?.entities ?? NO_ENTITIES,
      states: view.states,
      state: view.state?.id ?? "default",
      editing: edited,
      window,
      onWindow: changeWindow,
      actionOf: path.actionOf,
    }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the functions do the same while these are the same
    [view, here, edited, window, entities, values],
  );
  const arranging = useWidgetEdits({
    view,
    stored: members(configuration.widgets),
    editing: edited,
    change,
    onEdit: (widget, layout) => setOpened({ what: "widget", widget, layout }),
  });
  const begin = () => {
    setOwnWindow(undefined);
    setWanted(undefined);
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
  const title = draft?.title ?? dashboard.title;
  const tools = (
    <BoardTools
      view={view}
      editing={edited}
      window={window}
      onWindow={changeWindow}
      onResetWindow={!edited && ownWindow ? () => setOwnWindow(undefined) : undefined}
      values={values}
      onValues={setValues}
      entities={entities}
      onEntities={setEntities}
      stateEntities={here?.entities ?? NO_ENTITIES}
    />
  );

  return (
    <BoardContext value={board}>
      <PageHead
        title={title}
        ink={ink}
        actions={
          <>
            {!full.on && tools}
            {edited ? (
              <EditTools
                editing={editing}
                saving={saving}
                view={view}
                point={point}
                onPoint={setWanted}
                onAdd={() => setOpened({ what: "add" })}
                onPaste={arranging.paste}
                onOpen={(what) => setOpened({ what })}
                onCancel={() => (editing.dirty ? setDiscarding(true) : cancel())}
                onSave={() => void save()}
              />
            ) : (
              <ViewTools
                onEdit={begin}
                onFullScreen={full.enter}
                onExport={
                  view.look.showExport
                    ? () => saveFile(dashboard.title, withoutOrigin({ ...dashboard }))
                    : undefined
                }
                onDelete={() => setDeleting(true)}
              />
            )}
          </>
        }
      />
      {problem !== undefined && <Problem error={problem} />}
      <div className={full.on ? "dashboard dashboard-full" : "dashboard"}>
        {view.states.length > 1 && (edited || !view.look.hideToolbar) && (
          <StateBar states={view.states} steps={path.steps} onGo={path.go} />
        )}
        <BoardArea
          view={view}
          title={full.on && view.look.showTitle ? title : undefined}
          tools={
            full.on ? (
              <>
                {tools}
                <Button icon={<Minimize aria-hidden />} onPress={full.leave}>
                  Leave full screen
                </Button>
              </>
            ) : undefined
          }
        >
          {(layout, edged) =>
            empty ? (
              layout.name === "main" && (
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
              )
            ) : (
              <div
                style={edited && layout.breakpoint ? { maxWidth: widest(layout.breakpoint) } : undefined}
                onFocusCapture={() => arranging.touch(layout.name)}
                onPointerDownCapture={() => arranging.touch(layout.name)}
              >
                <Grid layout={layout} edged={edged} {...arranging.of(layout)} />
              </div>
            )
          }
        </BoardArea>
      </div>
      {draft && opened && (
        <Dialogs
          opened={opened}
          draft={draft}
          view={view}
          spot={arranging.spot}
          onAdd={arranging.add}
          onDraft={editing.change}
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
