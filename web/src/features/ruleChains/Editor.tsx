import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Download, EllipsisVertical, Plus, Redo2, Save, Star, Trash2, Undo2 } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { RuleChain, RuleChainMetaData } from "../../api/types";
import { PageHead } from "../../layouts/PageHead";
import { saveFile } from "../../lists/files";
import { Button, IconButton } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Menu } from "../../ui/Menu";
import { Problem } from "../../ui/Notice";
import { Status } from "../../ui/Status";
import { done, failed } from "../../ui/Toast";
import { Canvas, type Picked } from "./Canvas";
import {
  addNode,
  changeNode,
  closesCircle,
  labelsBetween,
  moveNode,
  readDraft,
  removeNode,
  setLabels,
  usualLabel,
  writeDraft,
} from "./draft";
import type { NodeKind } from "./kinds";
import { LinkPanel } from "./LinkPanel";
import { NodePalette } from "./NodePalette";
import { NodePanel } from "./NodePanel";
import { deleteRuleChain, makeRoot, saveMetadata } from "./requests";
import { useHistory } from "./useHistory";

interface EditorProps {
  chain: RuleChain;
  metadata: RuleChainMetaData;
  kinds: NodeKind[];
}

export function Editor({ chain, metadata, kinds }: EditorProps) {
  const id = chain.id?.id ?? "";
  const loaded = useMemo(() => readDraft(metadata), [metadata]);
  const { now: draft, change, reset, undo, redo, canUndo, canRedo } = useHistory(loaded);
  const [saved, setSaved] = useState(loaded);
  const [picked, setPicked] = useState<Picked>();
  const [palette, setPalette] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [pending, setPending] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const added = useRef(0);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const kindOf = useCallback(
    (clazz: string | undefined) => kinds.find((one) => one.clazz === clazz),
    [kinds],
  );
  const kindOfNode = (key: string) => kindOf(draft.nodes.find((one) => one.key === key)?.node.type);
  const nameOf = (key: string) => draft.nodes.find((one) => one.key === key)?.node.name ?? "";
  const dirty = draft !== saved;

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof HTMLElement && event.target.closest("input, textarea, [contenteditable]");
      if (typing || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
      event.preventDefault();
      if (event.shiftKey) redo();
      else undo();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [undo, redo]);

  const connect = (from: string, to: string) => {
    if (closesCircle(draft, from, to)) {
      failed(new Error("this link would let messages run in a circle"));
      return;
    }
    const labels = labelsBetween(draft, from, to);
    change((before) =>
      setLabels(before, from, to, labels.length > 0 ? labels : [usualLabel(kindOfNode(from))]),
    );
    setPicked({ kind: "link", from, to });
  };
  const remove = (what: Picked) => {
    if (what?.kind === "node") change((before) => removeNode(before, what.key));
    if (what?.kind === "link") change((before) => setLabels(before, what.from, what.to, []));
    setPicked(undefined);
  };
  const add = (kind: NodeKind) => {
    added.current += 1;
    const key = `new-${added.current}`;
    const right = draft.nodes.reduce((most, one) => Math.max(most, one.x), 0);
    const under = draft.nodes.reduce((most, one) => Math.max(most, one.y), 40);
    change((before) => addNode(before, kind, Math.max(right, 240), under + 80, key));
    setPicked({ kind: "node", key });
  };
  const apply = async () => {
    setPending(true);
    setProblem(undefined);
    try {
      const reply = await saveMetadata(writeDraft(draft));
      const fresh = readDraft(reply);
      queries.setQueryData(["ruleChains", id, "metadata"], reply);
      reset(fresh);
      setSaved(fresh);
      setPicked(undefined);
      done("Rule chain saved: the next message takes this way");
    } catch (error) {
      setProblem(error);
    } finally {
      setPending(false);
    }
  };
  const root = async () => {
    try {
      await makeRoot(id);
      await queries.invalidateQueries({ queryKey: ["ruleChains"] });
      done(`${chain.name} is the root rule chain`);
    } catch (error) {
      failed(error);
    }
  };
  const node = picked?.kind === "node" ? draft.nodes.find((one) => one.key === picked.key) : undefined;
  const labels = picked?.kind === "link" ? labelsBetween(draft, picked.from, picked.to) : [];

  return (
    <div className="chain-page">
      <PageHead
        title={chain.name ?? ""}
        state={chain.root && <Status tone="good">Root</Status>}
        actions={
          <>
            <IconButton
              label="Undo"
              look="secondary"
              icon={<Undo2 aria-hidden />}
              isDisabled={!canUndo}
              onPress={undo}
            />
            <IconButton
              label="Redo"
              look="secondary"
              icon={<Redo2 aria-hidden />}
              isDisabled={!canRedo}
              onPress={redo}
            />
            <Button icon={<Plus aria-hidden />} onPress={() => setPalette(!palette)} aria-expanded={palette}>
              Add node
            </Button>
            <Button
              look="primary"
              icon={<Save aria-hidden />}
              isDisabled={!dirty}
              isPending={pending}
              onPress={() => void apply()}
            >
              Apply changes
            </Button>
            <Menu
              label="Rule chain actions"
              actions={[
                { id: "root", label: "Make root", icon: <Star aria-hidden />, onAction: () => void root() },
                {
                  id: "export",
                  label: "Export",
                  icon: <Download aria-hidden />,
                  onAction: () =>
                    saveFile(chain.name ?? "rule chain", { ruleChain: chain, metadata: writeDraft(draft) }),
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
                label="Rule chain actions"
                look="secondary"
                icon={<EllipsisVertical aria-hidden />}
              />
            </Menu>
          </>
        }
      />
      {problem !== undefined && <Problem error={problem} />}
      <div className="chain-work">
        {palette && <NodePalette kinds={kinds} onAdd={add} />}
        <div className="chain-canvas">
          <Canvas
            draft={draft}
            kindOf={kindOf}
            picked={picked}
            onPick={setPicked}
            onMove={(key, x, y) => change((before) => moveNode(before, key, x, y))}
            onConnect={connect}
            onFirst={(key) => change((before) => ({ ...before, first: key }))}
            onRemove={remove}
          />
        </div>
        {node && (
          <NodePanel
            key={node.key}
            draft={draft}
            one={node}
            kind={kindOf(node.node.type)}
            onChange={(step) => change((before) => changeNode(before, node.key, step))}
            onRemove={() => remove(picked)}
            onLabels={(to, next) => change((before) => setLabels(before, node.key, to, next))}
            onFirst={() => change((before) => ({ ...before, first: node.key }))}
            onPickLink={(to) => setPicked({ kind: "link", from: node.key, to })}
            onClose={() => setPicked(undefined)}
          />
        )}
        {picked?.kind === "link" && labels.length > 0 && (
          <LinkPanel
            key={`${picked.from}→${picked.to}`}
            from={nameOf(picked.from)}
            to={nameOf(picked.to)}
            kind={kindOfNode(picked.from)}
            labels={labels}
            onLabels={(next) => change((before) => setLabels(before, picked.from, picked.to, next))}
            onClose={() => setPicked(undefined)}
          />
        )}
      </div>
      <Confirm
        title={`Delete ${chain.name}?`}
        action="Delete"
        isOpen={deleting}
        onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await deleteRuleChain(id);
          await navigate({ to: "/rule-chains" });
          await queries.invalidateQueries({ queryKey: ["ruleChains", "list"] });
          done(`${chain.name} deleted`);
        }}
      >
        <p>The root rule chain cannot be deleted.</p>
      </Confirm>
    </div>
  );
}
