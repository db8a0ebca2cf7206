import {
  UNSTABLE_Toast as AriaToast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from "react-aria-components";
import { CheckCircle2, OctagonAlert, X } from "lucide-react";
import { advice, explain } from "../api/errors";
import { IconButton } from "./Button";
import "./overlay.css";

interface Message {
  tone: "good" | "bad";
  text: string;
  more?: string;
}

const queue = new ToastQueue<Message>({ maxVisibleToasts: 3 });
const SHORT_MS = 5000;

/** Says that something is done; goes by itself. */
export function done(text: string): void {
  queue.add({ tone: "good", text }, { timeout: SHORT_MS });
}

/** Says that something failed that has no place of its own on the page; stays until it is closed. */
export function failed(error: unknown): void {
  queue.add({ tone: "bad", text: explain(error), more: advice(error) });
}

export function Toasts() {
  return (
    <ToastRegion queue={queue} className="toasts">
      {({ toast }) => (
        <AriaToast toast={toast} className="toast">
          {toast.content.tone === "good" ? (
            <CheckCircle2 aria-hidden color="var(--good)" />
          ) : (
            <OctagonAlert aria-hidden color="var(--bad)" />
          )}
          <ToastContent className="toast-text">
            <p>{toast.content.text}</p>
            {toast.content.more && <p className="soft">{toast.content.more}</p>}
          </ToastContent>
          <IconButton label="Close" slot="close" icon={<X aria-hidden />} />
        </AriaToast>
      )}
    </ToastRegion>
  );
}
