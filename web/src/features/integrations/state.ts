import type { IntegrationInfo, StatusReport } from "../../api/types";
import type { StatusTone } from "../../ui/Status";

export interface Shown {
  tone: StatusTone;
  word: string;
}

/** A connection's state, as the live session reports it. */
export function shownState(state: string): Shown {
  switch (state) {
    case "ACTIVE":
      return { tone: "good", word: "Active" };
    case "PENDING":
      return { tone: "busy", word: "Connecting" };
    case "FAILED":
      return { tone: "bad", word: "Failed" };
    case "DISABLED":
      return { tone: "off", word: "Disabled" };
    default:
      return { tone: "idle", word: state };
  }
}

/** The state in a list, which has less to tell. */
export function listState(row: IntegrationInfo): Shown {
  if (!row.enabled) return shownState("DISABLED");
  if (!row.status) return shownState("PENDING");
  return shownState(row.status.success ? "ACTIVE" : "FAILED");
}

/** What a filter's subscription is worth right now. */
export function filterState(report: StatusReport, granted: number | null | undefined): Shown {
  if (report.state === "DISABLED") return { tone: "off", word: "Off" };
  if (granted === null || granted === undefined) {
    return report.state === "FAILED"
      ? { tone: "bad", word: "Not subscribed" }
      : { tone: "busy", word: "Waiting" };
  }
  return { tone: "good", word: `Granted QoS ${granted}` };
}
