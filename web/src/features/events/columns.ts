/** What the kinds of events show, column by column. */
import { members, text } from "../../api/shapes";
import type { Event, EventType } from "../../api/types";

export interface EventColumn {
  label: string;
  /** The text of the cell; long ones open in a dialog. */
  text: (event: Event) => string;
  /** Meant to be read as a whole: JSON, a payload, an error. */
  long?: boolean;
}

export interface EventKind {
  type: EventType;
  label: string;
  columns: EventColumn[];
  /** Whether the kind tells successes from failures. */
  hasErrors: boolean;
}

const field = (name: string) => (event: Event) => {
  const value = members(event.body)[name];
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
};

const column = (label: string, name: string, long = false): EventColumn => ({
  label,
  text: field(name),
  long,
});

const KINDS: EventKind[] = [
  {
    type: "LC_EVENT",
    label: "Lifecycle",
    hasErrors: true,
    columns: [column("Event", "event"), column("Detail", "detail", true), column("Error", "error", true)],
  },
  {
    type: "STATS",
    label: "Statistics",
    hasErrors: false,
    columns: [column("Processed", "messagesProcessed"), column("Errors", "errorsOccurred")],
  },
  {
    type: "ERROR",
    label: "Errors",
    hasErrors: false,
    columns: [column("Method", "method"), column("Error", "error", true)],
  },
  {
    type: "DEBUG_INTEGRATION",
    label: "Debug",
    hasErrors: true,
    columns: [column("Type", "type"), column("Message", "message", true), column("Error", "error", true)],
  },
  {
    type: "DEBUG_CONVERTER",
    label: "Debug",
    hasErrors: true,
    columns: [
      column("Type", "type"),
      column("In", "in", true),
      column("Metadata", "metadata", true),
      column("Out", "out", true),
      column("Error", "error", true),
    ],
  },
  {
    type: "DEBUG_RULE_NODE",
    label: "Debug",
    hasErrors: true,
    columns: [
      column("Type", "type"),
      column("Message type", "msgType"),
      column("Relation", "relationType"),
      column("Data", "data", true),
      column("Metadata", "metadata", true),
      column("Error", "error", true),
    ],
  },
];

export function kindOfEvents(type: EventType): EventKind {
  return KINDS.find((one) => one.type === type) ?? { type, label: type, columns: [], hasErrors: false };
}

/** Whether an event tells of a failure; undefined for kinds that tell neither. */
export function failedEvent(event: Event): boolean | undefined {
  const body = members(event.body);
  if (event.type === "LC_EVENT") return body.success === false;
  if (event.type === "ERROR") return true;
  if (event.type === "STATS") return undefined;
  const status = text(body.status);
  return text(body.error) !== "" || (status !== "" && status !== "OK" && status !== "SUCCESS");
}
