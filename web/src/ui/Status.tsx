import { Ban, CircleCheck, CircleDashed, CircleDot, CircleX, Loader, TriangleAlert } from "lucide-react";
import "./status.css";

export type StatusTone = "good" | "bad" | "busy" | "idle" | "warn" | "off";

const ICONS = {
  good: CircleCheck,
  bad: CircleX,
  busy: Loader,
  idle: CircleDashed,
  warn: TriangleAlert,
  off: Ban,
};

/** A state by colour and icon and word together, so that none of them has to carry it alone. */
export function Status({ tone, children, plain }: { tone: StatusTone; children: string; plain?: boolean }) {
  const Icon = ICONS[tone];
  return (
    <span className={`status status-${tone} ${plain ? "status-plain" : ""}`}>
      <Icon aria-hidden size={14} />
      {children}
    </span>
  );
}

/** A device's activity. */
export function Activity({ active }: { active: boolean }) {
  return <Status tone={active ? "good" : "idle"}>{active ? "Active" : "Inactive"}</Status>;
}

/** A value that is live now. */
export function LiveMark() {
  return (
    <span className="status status-good status-plain">
      <CircleDot aria-hidden size={14} />
      Live
    </span>
  );
}
