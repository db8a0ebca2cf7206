import {
  Background,
  type Connection,
  Controls,
  type EdgeChange,
  type FitViewOptions,
  type NodeChange,
  ReactFlow,
  type ReactFlowInstance,
  applyNodeChanges,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { type DragEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Draft, Place } from "./draft";
import { KIND_DRAGGED } from "./NodePalette";
import type { NodeKind } from "./kinds";
import type { Counts } from "./live";
import { NOTHING, type Picked, isOnlyNode, pickLink, pickNodes } from "./picked";
import { type FlowNode, NODE_TYPES } from "./RuleNodeView";
import { INPUT, endsOf, wireAt, wiresOf } from "./wires";
import "./ruleChains.css";

export interface Ends {
  from: string;
  to: string;
}

interface CanvasProps {
  draft: Draft;
  kindOf: (clazz: string | undefined) => NodeKind | undefined;
  counts: Counts;
  picked: Picked;
  onPick: (change: (before: Picked) => Picked) => void;
  onMove: (places: Map<string, Place>) => void;
  onConnect: (from: string, to: string) => void;
  onFirst: (key: string) => void;
  onRemove: (what: Picked) => void;
  /** A kind of node was dropped, maybe onto a link. */
  onDropKind: (clazz: string, place: Place, onto: Ends | undefined) => void;
  /** A node was dropped onto a link. */
  onDropNode: (key: string, onto: Ends) => void;
}

/** The chain as a picture that can be worked on. */
export function Canvas(props: CanvasProps) {
  const { draft, kindOf, counts, picked, onPick, onMove, onConnect, onFirst, onRemove } = props;
  const [nodes, setNodes] = useState<FlowNode[]>([]);
  const flow = useRef<ReactFlowInstance<FlowNode>>(undefined);
  const host = useRef<HTMLDivElement>(null);

  useEffect(() => {
    setNodes((before) => {
      // What is measured stays known, so that no node blinks while it is measured again.
      const measured = new Map(before.map((one) => [one.id, one.measured]));
      return flowNodes(draft, kindOf, picked).map((one) => ({ ...one, measured: measured.get(one.id) }));
    });
  }, [draft, kindOf, picked]);

  // What was added or picked elsewhere is brought into sight.
  const shown = picked.nodes.length === 1 ? picked.nodes[0] : undefined;
  useEffect(() => {
    const one = draft.nodes.find((node) => node.key === shown);
    const frame = host.current?.getBoundingClientRect();
    const view = flow.current;
    if (!one || !frame || !view) return;
    const at = view.flowToScreenPosition({ x: one.x, y: one.y });
    const inside =
      at.x > frame.left && at.x < frame.right - 80 && at.y > frame.top && at.y < frame.bottom - 40;
    if (!inside) void view.setCenter(one.x + 100, one.y + 24, { zoom: view.getZoom() });
    // Only when another node is picked: dragging one to the edge must not move the canvas.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [shown]);

  const edges = useMemo(() => wiresOf(draft, picked, counts), [draft, picked, counts]);

  const changeNodes = (changes: NodeChange<FlowNode>[]) => {
    const places = new Map<string, Place>();
    const chosen = new Map<string, boolean>();
    for (const one of changes) {
      // Moves by keyboard end at once; those by mouse end with the drag.
      if (one.type === "position" && one.dragging === false && one.position) places.set(one.id, one.position);
      if (one.type === "select") chosen.set(one.id, one.selected);
    }
    if (places.size > 0) onMove(places);
    if (chosen.size > 0) onPick((before) => withChosen(before, chosen));
    setNodes((before) =>
      applyNodeChanges(
        changes.filter((one) => one.type !== "remove"),
        before,
      ),
    );
  };
  const changeEdges = (changes: EdgeChange[]) => {
    for (const one of changes) {
      if (one.type !== "select") continue;
      const ends = endsOf(one.id);
      if (!ends) continue;
      if (one.selected) onPick(() => pickLink(ends.from, ends.to));
      else onPick((before) => (before.link ? { ...before, link: undefined } : before));
    }
  };
  const connect = ({ source, target }: Connection) => {
    if (source === INPUT) onFirst(target);
    else if (source !== target) onConnect(source, target);
  };
  const drop = (event: DragEvent) => {
    const clazz = event.dataTransfer.getData(KIND_DRAGGED);
    if (!clazz || !flow.current) return;
    event.preventDefault();
    const pointer = { x: event.clientX, y: event.clientY };
    const at = flow.current.screenToFlowPosition(pointer);
    props.onDropKind(clazz, { x: at.x - 84, y: at.y - 24 }, wireAt([pointer]));
  };

  return (
    <ReactFlow<FlowNode>
      ref={host}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      onNodesChange={changeNodes}
      onEdgesChange={changeEdges}
      onDelete={({ nodes: gone, edges: cut }) => {
        const ends = cut.map((one) => endsOf(one.id)).find(Boolean);
        if (gone.length > 0) onRemove({ nodes: gone.map((one) => one.id), link: undefined });
        else if (ends) onRemove({ nodes: [], link: ends });
      }}
      onConnect={connect}
      onNodeClick={(event, node) => {
        // A plain click on one of several picks that one.
        const more = event.shiftKey || event.ctrlKey || event.metaKey;
        if (!more && node.id !== INPUT)
          onPick((before) => (isOnlyNode(before, node.id) ? before : pickNodes(node.id)));
      }}
      onPaneClick={() => onPick(() => NOTHING)}
      onNodeDragStop={(event, node) => {
        const box = (event.target as HTMLElement).closest(".react-flow__node")?.getBoundingClientRect();
        const points = "clientX" in event ? [{ x: event.clientX, y: event.clientY }] : [];
        if (box) points.push({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
        const onto = wireAt(points);
        if (onto && onto.from !== node.id && onto.to !== node.id) props.onDropNode(node.id, onto);
      }}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(KIND_DRAGGED)) event.preventDefault();
      }}
      onDrop={drop}
      deleteKeyCode={["Delete", "Backspace"]}
      snapToGrid
      snapGrid={[4, 4]}
      fitView
      fitViewOptions={first(draft)}
      minZoom={0.2}
      maxZoom={1.6}
      onInit={(made) => {
        flow.current = made;
      }}
      aria-label="Rule chain"
    >
      <Background gap={20} />
      <Controls showInteractive={false} />
    </ReactFlow>
  );
}

/** Below this width a whole chain would be too small to be read: its beginning is shown. */
const NARROW = 640;

function first(draft: Draft): FitViewOptions<FlowNode> {
  const near = draft.nodes.filter((one) => one.key === draft.first);
  if (window.innerWidth > NARROW || near.length === 0) return { maxZoom: 1, padding: 0.15 };
  return { maxZoom: 1, padding: 0.1, nodes: [{ id: INPUT }, ...near.map((one) => ({ id: one.key }))] };
}

function withChosen(before: Picked, chosen: ReadonlyMap<string, boolean>): Picked {
  const nodes = new Set(before.nodes);
  for (const [key, on] of chosen) {
    if (key === INPUT) continue;
    if (on) nodes.add(key);
    else nodes.delete(key);
  }
  const same = nodes.size === before.nodes.length && before.nodes.every((key) => nodes.has(key));
  if (same) return before;
  return { nodes: [...nodes], link: nodes.size > 0 ? undefined : before.link };
}

function flowNodes(draft: Draft, kindOf: CanvasProps["kindOf"], picked: Picked): FlowNode[] {
  const shown: FlowNode[] = draft.nodes.map((one) => {
    const kind = kindOf(one.node.type);
    return {
      id: one.key,
      type: "rule",
      position: { x: one.x, y: one.y },
      data: { name: one.node.name ?? "", kind, savedId: one.node.id?.id },
      selected: picked.nodes.includes(one.key),
      ariaLabel: `${kind?.name ?? "Node that is not available"}: ${one.node.name ?? ""}`,
    };
  });
  const top = draft.nodes.find((one) => one.key === draft.first) ?? draft.nodes[0];
  const entry: FlowNode = {
    id: INPUT,
    type: "entry",
    position: { x: (top?.x ?? 220) - 180, y: top?.y ?? 150 },
    data: {},
    draggable: false,
    selectable: false,
    deletable: false,
    ariaLabel: "Input of the chain",
  };
  return [entry, ...shown];
}
