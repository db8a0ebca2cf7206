/** How far a command came, in words. */
import type { CallView, Rpc } from "../../api/types";
import type { StatusTone } from "../../ui/Status";

export interface Stage {
  tone: StatusTone;
  word: string;
}

export function stageOf(call: CallView): Stage {
  switch (call.state) {
    case "WAITING":
      return { tone: "busy", word: "Waiting" };
    case "SENT":
      return { tone: "busy", word: "On its way" };
    case "TAKEN":
      // A one-way command has reached its end with the broker.
      return call.oneway
        ? { tone: "good", word: "Delivered" }
        : { tone: "busy", word: "Delivered, no answer yet" };
    case "ANSWERED":
      return { tone: "good", word: call.oneway ? "Delivered" : "Answered" };
    case "FAILED":
      return { tone: "bad", word: "Failed" };
    default:
      return { tone: "idle", word: call.state };
  }
}

export function storedStage(rpc: Rpc): Stage {
  switch (rpc.status) {
    case "QUEUED":
      return { tone: "busy", word: "Queued" };
    case "SENT":
      return { tone: "busy", word: "Sent" };
    case "DELIVERED":
      return { tone: "good", word: "Delivered" };
    case "SUCCESSFUL":
      return { tone: "good", word: "Answered" };
    case "TIMEOUT":
      return { tone: "warn", word: "No answer, tried again" };
    case "EXPIRED":
      return { tone: "bad", word: "Expired" };
    case "FAILED":
      return { tone: "bad", word: "Failed" };
    default:
      return { tone: "idle", word: rpc.status ?? "" };
  }
}
