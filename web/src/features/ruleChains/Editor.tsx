import { useBlocker } from "@tanstack/react-router";
import { Copy, Trash2 } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";
import type { DebugSettings, RuleChain, RuleChainMetaData } from "../../api/types";
import { saveFile } from "../../lists/files";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Problem } from "../../ui/Notice";
import { done, failed } from "../../ui/Toast";
import { arrange } from "./arrange";
import { Canvas, type Ends } from "./Canvas";
import { ChainHead } from "./ChainHead";
import { copied, pasted } from "./clipboard";
import {
  type Draft,
  type Place,
  addNode,
  changeNode,
  closesCircle,
  isLinked,
  labelsBetween,
  moveNodes,
  readDraft,
  removeNodes,
  setLabels,
  splice,
  usualLabel,
  writeDraft,
} from "./draft";
import { chainFile } from "./exportChain";
import { FindingsBar } from "./FindingsBar";
import type { NodeKind } from "./kinds";
import { LinkPanel } from "./LinkPanel";
import { type Found, useFindings } from "./lint";
import { useCounts } from "./live";
import { type NodeLive, NodeLiveContext } from "./nodeLive";
import { NodePalette } from "./NodePalette";
import { NodePanel } from "./NodePanel";
import { NOTHING, type Picked, among, pickLink, pickNodes } from "./picked";
import { useHistory } from "./useHistory";
import { useSaved } from "./useSaved";
import { useShortcuts } from "./useShortcuts";

interface EditorProps {
  chain: RuleChain;
  metadata: RuleChainMetaData;
  kinds: NodeKind[];
}

export function Editor({ chain, metadata, kinds }: EditorProps) {
  const id = chain.id?.id ?? "";
  // What is loaded later belongs to saves of this page.
  const [loaded] = useState(() => readDraft(metadata));
  const { now: draft, change, reset, undo, redo, canUndo, canRedo } = useHistory(loaded);
  const { recorded, apply: save, record } = useSaved(id, loaded);
  const [clean, setClean] = useState(loaded);
  const [wasPicked, setPicked] = useState<Picked>(NOTHING);
  const [palette, setPalette] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [pending, setPending] = useState(false);
  const added = useRef(0);
  const gone = useRef(false);
  const counts = useCounts(id);
  const findings = useFindings(draft);
  const dirty = draft !== clean;
  // What was taken back is picked no more.
  const picked = useMemo(
    () => among(wasPicked, new Set(draft.nodes.map((one) => one.key))),
    [wasPicked, draft],
  );

  const kindOf = useCallback(
    (clazz: string | undefined) => kinds.find((one) => one.clazz === clazz),
    [kinds],
  );
  const kindOfNode = (key: string) => kindOf(draft.nodes.find((one) => one.key === key)?.node.type);
  const nameOf = (key: string) => draft.nodes.find((one) => one.key === key)?.node.name ?? "";
  const newKey = () => `new-${(added.current += 1)}`;

  const blocker = useBlocker({
    shouldBlockFn: () => dirty && !gone.current,
    enableBeforeUnload: () => dirty && !gone.current,
    withResolver: true,
  });

  const connect = (from: string, to: string) => {
    if (closesCircle(draft, from, to)) {
      failed(new Error("this link would let messages run in a circle"));
      return;
    }
    const labels = labelsBetween(draft, from, to);
    change((before) =>
      setLabels(before, from, to, labels.length > 0 ? labels : [usualLabel(kindOfNode(from))]),
    );
    setPicked(pickLink(from, to));
  };
  const remove = (what: Picked) => {
    const { nodes, link } = what;
    if (nodes.length > 0) change((before) => removeNodes(before, nodes));
    if (link) change((before) => setLabels(before, link.from, link.to, []));
    setPicked(NOTHING);
  };
  const add = (kind: NodeKind, place: Place, onto: Ends | undefined) => {
    const key = newKey();
    change((before) => {
      const next = addNode(before, kind, place.x, place.y, key);
      return onto ? splice(next, key, onto.from, onto.to, usualLabel(kind)) : next;
    });
    setPicked(pickNodes(key));
  };
  const press = (kind: NodeKind) => {
    const { link } = picked;
    add(kind, link ? between(draft, link) : below(draft), link);
  };
  const paste = (text: string): boolean => {
    const found = pasted(draft, text, newKey);
    if (!found) return false;
    change(() => found.draft);
    setPicked(pickNodes(...found.keys));
    return true;
  };
  const copy = () => (picked.nodes.length > 0 ? copied(draft, picked.nodes) : undefined);
  const duplicate = () => {
    const text = copy();
    if (text !== undefined) paste(text);
  };

  const apply = async () => {
    if (!dirty || pending) return;
    setPending(true);
    setProblem(undefined);
    try {
      const places = picked.nodes.map((key) => draft.nodes.findIndex((one) => one.key === key));
      const fresh = await save(draft);
      reset(fresh);
      setClean(fresh);
      // New nodes have the server's ids now; what was picked stays picked.
      setPicked(pickNodes(...places.flatMap((place) => fresh.nodes[place]?.key ?? [])));
      done("Rule chain saved: the next message takes this way");
    } catch (error) {
      setProblem(error);
    } finally {
      setPending(false);
    }
  };

  useShortcuts({
    undo,
    redo,
    save: () => void apply(),
    palette: () => setPalette(!palette),
    selectAll: () => setPicked(pickNodes(...draft.nodes.map((one) => one.key))),
    duplicate,
    copy,
    cut: () => {
      const text = copy();
      if (text !== undefined) remove(picked);
      return text;
    },
    paste,
  });

  const byNode = useMemo(() => findingsByNode(findings), [findings]);
  const live = useMemo<NodeLive>(
    () => ({
      counts,
      findings: byNode,
      debugOf: (key) => recorded.get(key),
      onDebug: (key, on) => {
        const failuresEnabled = recorded.get(key)?.failuresEnabled === true;
        const settings: DebugSettings = on
          ? { failuresEnabled, allEnabled: true }
          : { failuresEnabled, allEnabled: false, allEnabledUntil: 0 };
        record(key, settings).catch(failed);
      },
    }),
    [counts, byNode, recorded, record],
  );

  const only = picked.nodes.length === 1 ? picked.nodes[0] : undefined;
  const node = draft.nodes.find((one) => one.key === only);
  const { link } = picked;
  const labels = link ? labelsBetween(draft, link.from, link.to) : [];

  return (
    <div className="chain-page">
      <ChainHead
        chain={chain}
        dirty={dirty}
        pending={pending}
        palette={palette}
        canUndo={canUndo}
        canRedo={canRedo}
        onUndo={undo}
        onRedo={redo}
        onArrange={() => change(arrange)}
        onPalette={() => setPalette(!palette)}
        onApply={() => void apply()}
        onExport={() => {
          chainFile(chain, writeDraft(draft), kinds)
            .then((file) => saveFile(chain.name ?? "rule chain", file))
            .catch(failed);
        }}
        onGone={() => {
          gone.current = true;
        }}
      />
      {problem !== undefined && <Problem error={problem} />}
      <div className="chain-work">
        {palette && (
          <NodePalette
            kinds={kinds}
            onAdd={press}
            note={link && "Press a node to put it onto the picked link."}
          />
        )}
        <div className="chain-canvas">
          <NodeLiveContext value={live}>
            <Canvas
              draft={draft}
              kindOf={kindOf}
              counts={counts}
              picked={picked}
              onPick={setPicked}
              onMove={(places) => change((before) => moveNodes(before, places), "move")}
              onConnect={connect}
              onFirst={(key) => change((before) => ({ ...before, first: key }))}
              onRemove={remove}
              onDropKind={(clazz, place, onto) => {
                const kind = kindOf(clazz);
                if (kind) add(kind, place, onto);
              }}
              onDropNode={(key, onto) => {
                if (isLinked(draft, key)) return;
                const label = usualLabel(kindOfNode(key));
                change((before) => splice(before, key, onto.from, onto.to, label));
              }}
            />
          </NodeLiveContext>
        </div>
        {node && (
          <NodePanel
            key={node.key}
            draft={draft}
            one={node}
            kind={kindOf(node.node.type)}
            findings={byNode.get(node.key) ?? []}
            debug={recorded.get(node.key)}
            onDebug={(settings) => record(node.key, settings)}
            onChange={(step) => change((before) => changeNode(before, node.key, step), `edit ${node.key}`)}
            onRemove={() => remove(picked)}
            onLabels={(to, next) => change((before) => setLabels(before, node.key, to, next))}
            onFirst={() => change((before) => ({ ...before, first: node.key }))}
            onPickLink={(to) => setPicked(pickLink(node.key, to))}
            onClose={() => setPicked(NOTHING)}
          />
        )}
        {link && labels.length > 0 && (
          <LinkPanel
            key={`${link.from}→${link.to}`}
            from={nameOf(link.from)}
            to={nameOf(link.to)}
            kind={kindOfNode(link.from)}
            labels={labels}
            onLabels={(next) => change((before) => setLabels(before, link.from, link.to, next))}
            onClose={() => setPicked(NOTHING)}
          />
        )}
        {picked.nodes.length > 1 && (
          <section className="chain-several" aria-label="Picked nodes">
            <span>{picked.nodes.length} nodes</span>
            <Button look="quiet" icon={<Copy aria-hidden />} onPress={duplicate}>
              Duplicate
            </Button>
            <Button look="quiet" icon={<Trash2 aria-hidden />} onPress={() => remove(picked)}>
              Remove
            </Button>
          </section>
        )}
      </div>
      <FindingsBar findings={findings} nameOf={nameOf} onPick={(key) => setPicked(pickNodes(key))} />
      <Dialog
        title="Leave without saving?"
        role="alertdialog"
        isOpen={blocker.status === "blocked"}
        onClose={() => blocker.reset?.()}
        foot={
          <>
            <Button autoFocus onPress={() => blocker.reset?.()}>
              Stay here
            </Button>
            <Button look="danger" onPress={() => blocker.proceed?.()}>
              Leave
            </Button>
          </>
        }
      >
        <p>The changes of this chain are not applied yet and would be lost.</p>
      </Dialog>
    </div>
  );
}

function findingsByNode(findings: readonly Found[]): Map<string, Found[]> {
  const byNode = new Map<string, Found[]>();
  for (const one of findings) {
    if (one.key !== undefined) byNode.set(one.key, [...(byNode.get(one.key) ?? []), one]);
  }
  return byNode;
}

/** A free place for a node that was added without one. */
function below(draft: Draft): Place {
  const right = draft.nodes.reduce((most, one) => Math.max(most, one.x), 240);
  const under = draft.nodes.reduce((most, one) => Math.max(most, one.y), 40);
  return { x: right, y: under + 96 };
}

function between(draft: Draft, { from, to }: Ends): Place {
  const one = draft.nodes.find((node) => node.key === from);
  const other = draft.nodes.find((node) => node.key === to);
  return { x: ((one?.x ?? 0) + (other?.x ?? 0)) / 2, y: ((one?.y ?? 0) + (other?.y ?? 0)) / 2 + 40 };
}
