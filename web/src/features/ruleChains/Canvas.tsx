import {
  Background,
  type Connection,
  Controls,
  type Edge,
  type EdgeChange,
  Handle,
  MarkerType,
  type Node,
  type NodeChange,
  type NodeProps,
  Position,
  ReactFlow,
  type ReactFlowInstance,
  applyNodeChanges,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { CircleHelp, LogIn } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Draft } from "./draft";
import { PART_ICONS } from "./icons";
import type { NodeKind } from "./kinds";
import "./ruleChains.css";

const INPUT = "input";

interface RuleData extends Record<string, unknown> {
  name: string;
  kind: NodeKind | undefined;
}

type RuleFlowNode = Node<RuleData, "rule">;
type InputFlowNode = Node<Record<string, unknown>, "entry">;
type FlowNode = RuleFlowNode | InputFlowNode;

function RuleNodeView({ data, selected }: NodeProps<RuleFlowNode>) {
  const Icon = data.kind ? (PART_ICONS[data.kind.part] ?? CircleHelp) : CircleHelp;
  return (
    <div
      className={`rule-node rule-${data.kind?.part.toLowerCase() ?? "unknown"} ${selected ? "rule-node-selected" : ""}`}
    >
      <Handle type="target" position={Position.Left} />
      <Icon aria-hidden size={16} />
      <div className="rule-node-text">
        <p className="rule-node-kind">{data.kind?.name ?? "not available"}</p>
        <p className="rule-node-name">{data.name}</p>
      </div>
      <Handle type="source" position={Position.Right} />
    </div>
  );
}

function InputView() {
  return (
    <div className="rule-node rule-input">
      <LogIn aria-hidden size={16} />
      Input
      <Handle type="source" position={Position.Right} />
    </div>
  );
}

const NODE_TYPES = { rule: RuleNodeView, entry: InputView };

export type Picked = { kind: "node"; key: string } | { kind: "link"; from: string; to: string } | undefined;

interface CanvasProps {
  draft: Draft;
  kindOf: (clazz: string | undefined) => NodeKind | undefined;
  picked: Picked;
  onPick: (picked: Picked) => void;
  onMove: (key: string, x: number, y: number) => void;
  onConnect: (from: string, to: string) => void;
  onFirst: (key: string) => void;
  onRemove: (picked: Picked) => void;
}

/** The chain as a picture that can be worked on. */
export function Canvas({ draft, kindOf, picked, onPick, onMove, onConnect, onFirst, onRemove }: CanvasProps) {
  const [nodes, setNodes] = useState<FlowNode[]>([]);
  const flow = useRef<ReactFlowInstance<FlowNode>>(undefined);
  const host = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const shown: FlowNode[] = draft.nodes.map((one) => ({
      id: one.key,
      type: "rule",
      position: { x: one.x, y: one.y },
      data: { name: one.node.name ?? "", kind: kindOf(one.node.type) },
      selected: picked?.kind === "node" && picked.key === one.key,
      ariaLabel: `${kindOf(one.node.type)?.name ?? "Node that is not available"}: ${one.node.name ?? ""}`,
    }));
    const first = draft.nodes.find((one) => one.key === draft.first);
    const top = first ?? draft.nodes[0];
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
    setNodes([entry, ...shown]);
  }, [draft, kindOf, picked]);

  // What was added or picked elsewhere is brought into sight.
  const shown = picked?.kind === "node" ? picked.key : undefined;
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

  const edges = useMemo(() => edgesOf(draft, picked), [draft, picked]);

  const changeNodes = (changes: NodeChange<FlowNode>[]) => {
    for (const one of changes) {
      if (one.type === "remove") onRemove({ kind: "node", key: one.id });
      // Moves by keyboard end at once; those by mouse end with the drag.
      if (one.type === "position" && one.dragging === false && one.position)
        onMove(one.id, one.position.x, one.position.y);
      if (one.type === "select" && one.selected) onPick({ kind: "node", key: one.id });
    }
    setNodes((before) => applyNodeChanges(changes, before));
  };
  const changeEdges = (changes: EdgeChange[]) => {
    for (const one of changes) {
      if (one.type !== "remove" && one.type !== "select") continue;
      const [from, to] = one.id.split("→");
      if (!from || !to || from === INPUT) continue;
      if (one.type === "remove") onRemove({ kind: "link", from, to });
      else if (one.selected) onPick({ kind: "link", from, to });
    }
  };
  const connect = ({ source, target }: Connection) => {
    if (source === INPUT) onFirst(target);
    else if (source !== target) onConnect(source, target);
  };

  return (
    <ReactFlow<FlowNode>
      ref={host}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      onNodesChange={changeNodes}
      onEdgesChange={changeEdges}
      onConnect={connect}
      onPaneClick={() => onPick(undefined)}
      deleteKeyCode={["Delete", "Backspace"]}
      snapToGrid
      snapGrid={[4, 4]}
      fitView
      fitViewOptions={{ maxZoom: 1, padding: 0.15 }}
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

/** One line for each pair of nodes, with all its labels. */
function edgesOf(draft: Draft, picked: Picked): Edge[] {
  const labels = new Map<string, string[]>();
  for (const link of draft.links) {
    const id = `${link.from}→${link.to}`;
    labels.set(id, [...(labels.get(id) ?? []), link.type]);
  }
  const markerEnd = { type: MarkerType.ArrowClosed, width: 16, height: 16 };
  const edges: Edge[] = [...labels].map(([id, types]) => {
    const [source = "", target = ""] = id.split("→");
    const selected = picked?.kind === "link" && picked.from === source && picked.to === target;
    const label = types.join(" / ");
    const failure = types.every((one) => one === "Failure");
    const ariaLabel = `Link: ${label}`;
    return {
      id,
      source,
      target,
      label,
      selected,
      markerEnd,
      ariaLabel,
      className: failure ? "rule-link-failure" : "",
    };
  });
  if (draft.first) {
    edges.unshift({
      id: `${INPUT}→${draft.first}`,
      source: INPUT,
      target: draft.first,
      markerEnd,
      deletable: false,
      selectable: false,
    });
  }
  return edges;
}
