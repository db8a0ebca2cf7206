import type { ReactNode } from "react";
import { AlertTriangle, CheckCircle2, Info, OctagonAlert } from "lucide-react";
import { advice, explain } from "../api/errors";
import { Button } from "./Button";
import "./notice.css";

export type Tone = "good" | "warn" | "bad" | "info";

const ICONS = { good: CheckCircle2, warn: AlertTriangle, bad: OctagonAlert, info: Info };

interface NoticeProps {
  tone: Tone;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}

/** A sentence in place, with its tone as colour and icon. */
export function Notice({ tone, title, children, action }: NoticeProps) {
  const Icon = ICONS[tone];
  return (
    <div className={`notice notice-${tone}`} role={tone === "bad" ? "alert" : "status"}>
      <Icon aria-hidden size={18} />
      <div className="notice-text">
        <p>{title}</p>
        {children && <div className="soft">{children}</div>}
      </div>
      {action}
    </div>
  );
}

/** An error where it happened, with what to do about it. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <Notice
      tone="bad"
      title={explain(error)}
      action={onRetry && <Button onPress={onRetry}>Try again</Button>}
    >
      {advice(error)}
    </Notice>
  );
}

interface EmptyProps {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** What a list shows when there is nothing: why, and the next step. */
export function Empty({ icon, title, children, action }: EmptyProps) {
  return (
    <div className="empty">
      <div className="empty-icon" aria-hidden>
        {icon}
      </div>
      <p className="empty-title">{title}</p>
      {children && <div className="soft empty-text">{children}</div>}
      {action && <div className="empty-action">{action}</div>}
    </div>
  );
}

export function Loading({ what }: { what: string }) {
  return (
    <div className="loading" role="status">
      <span className="loading-bar" aria-hidden />
      <span className="soft">Loading {what}…</span>
    </div>
  );
}
