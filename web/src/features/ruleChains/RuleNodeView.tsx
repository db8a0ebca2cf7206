import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import {
  ArrowDownToLine,
  ArrowUpFromLine,
  Bug,
  CircleHelp,
  LogIn,
  OctagonAlert,
  TriangleAlert,
} from "lucide-react";
import { useContext } from "react";
import { left } from "../../format/time";
import { useNow } from "../../ui/Time";
import { PART_ICONS } from "./icons";
import type { NodeKind } from "./kinds";
import { short } from "./live";
import type { Found } from "./lint";
import { NodeLiveContext } from "./nodeLive";

export interface RuleData extends Record<string, unknown> {
  name: string;
  kind: NodeKind | undefined;
  /** Id of the saved node; undefined while it is new. */
  savedId: string | undefined;
}

export type RuleFlowNode = Node<RuleData, "rule">;
export type InputFlowNode = Node<Record<string, unknown>, "entry">;
export type FlowNode = RuleFlowNode | InputFlowNode;

function RuleNodeView({ id, data, selected }: NodeProps<RuleFlowNode>) {
  const live = useContext(NodeLiveContext);
  const Icon = data.kind ? (PART_ICONS[data.kind.part] ?? CircleHelp) : CircleHelp;
  const part = data.kind?.part.toLowerCase() ?? "unknown";
  return (
    <div className={`rule-node rule-${part} ${selected ? "rule-node-selected" : ""}`}>
      <Handle type="target" position={Position.Left} />
      <div className="rule-node-main">
        <Icon aria-hidden size={16} />
        <div className="rule-node-text">
          <p className="rule-node-kind">{data.kind?.name ?? "not available"}</p>
          <p className="rule-node-name">{data.name}</p>
        </div>
        <Findings findings={live.findings.get(id) ?? []} />
        {data.savedId && <Recording id={id} name={data.name} />}
      </div>
      {data.savedId && <Figures id={data.savedId} />}
      <Handle type="source" position={Position.Right} />
    </div>
  );
}

function Findings({ findings }: { findings: Found[] }) {
  if (findings.length === 0) return null;
  const bad = findings.some((one) => one.severity === "ERROR");
  const text = findings.map((one) => one.text).join("\n");
  const Icon = bad ? OctagonAlert : TriangleAlert;
  return (
    <span className={bad ? "rule-node-mark rule-node-bad" : "rule-node-mark rule-node-warn"} title={text}>
      <Icon role="img" aria-label={text} size={16} />
    </span>
  );
}

/** Turns recording on and off, and says how long it still lasts. */
function Recording({ id, name }: { id: string; name: string }) {
  const { debugOf, onDebug } = useContext(NodeLiveContext);
  const now = useNow();
  const until = debugOf(id)?.allEnabledUntil ?? 0;
  const on = until > now;
  return (
    <button
      type="button"
      className={on ? "rule-node-debug rule-node-debug-on nodrag" : "rule-node-debug nodrag"}
      aria-label={`Record all messages of ${name}`}
      aria-pressed={on}
      title={on ? "Stop recording messages" : "Record all messages for a while"}
      onClick={(event) => {
        event.stopPropagation();
        onDebug(id, !on);
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <Bug aria-hidden size={14} />
      {on && <span className="rule-node-left">{left(until - now)}</span>}
    </button>
  );
}

function Figures({ id }: { id: string }) {
  const counted = useContext(NodeLiveContext).counts.get(id);
  if (!counted) return null;
  const { received, sent, failed } = counted;
  const text = `${received} in, ${sent} out, ${failed} failed since the server started`;
  return (
    <p className="rule-node-figures" title={text}>
      <span className="visually-hidden">{text}</span>
      <span aria-hidden>
        <ArrowDownToLine size={12} /> {short(received)}
      </span>
      <span aria-hidden>
        <ArrowUpFromLine size={12} /> {short(sent)}
      </span>
      <span aria-hidden className={failed > 0 ? "rule-node-bad" : ""}>
        <OctagonAlert size={12} /> {short(failed)}
      </span>
    </p>
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

export const NODE_TYPES = { rule: RuleNodeView, entry: InputView };
