import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronRight, FlaskConical, ListX, Pause, Play, ScrollText } from "lucide-react";
import { useState } from "react";
import { members, text } from "../../api/shapes";
import type { EntityId, Event } from "../../api/types";
import { pretty } from "../../format/payload";
import { clock, exact } from "../../format/time";
import { Button, IconButton } from "../../ui/Button";
import { Switch } from "../../ui/Field";
import { Empty, Loading, Problem } from "../../ui/Notice";
import { Status } from "../../ui/Status";
import { failed } from "../../ui/Toast";
import { failedEvent } from "../events/columns";
import { clearEvents, listEvents } from "../events/requests";

const SIZE = 25;
const FOLLOW_MS = 2_000;

interface NodeEventsProps {
  nodeId: string;
  /** Opens a message that entered the node in the test of its script. */
  onTest: ((event: Event) => void) | undefined;
}

/** The messages that were recorded at a node, newest first: message, metadata, relation. */
export function NodeEvents({ nodeId, onTest }: NodeEventsProps) {
  const [errorsOnly, setErrorsOnly] = useState(false);
  const [following, setFollowing] = useState(true);
  const [pageSize, setPageSize] = useState(SIZE);
  const entity: EntityId = { entityType: "RULE_NODE", id: nodeId };
  const events = useQuery({
    queryKey: ["events", "RULE_NODE", nodeId, "panel", errorsOnly, pageSize],
    queryFn: () => listEvents(entity, { type: "DEBUG_RULE_NODE", errorsOnly, page: 0, pageSize }),
    refetchInterval: following ? FOLLOW_MS : false,
    placeholderData: keepPreviousData,
  });
  const rows = events.data?.data ?? [];
  return (
    <div className="stack">
      <div className="row">
        <Switch label="Failures only" value={errorsOnly} onChange={setErrorsOnly} />
        <span className="row row-end">
          <IconButton
            label={following ? "Pause" : "Follow"}
            icon={following ? <Pause aria-hidden /> : <Play aria-hidden />}
            onPress={() => setFollowing(!following)}
          />
          <IconButton
            label="Clear the events"
            icon={<ListX aria-hidden />}
            onPress={() => {
              clearEvents(entity, "DEBUG_RULE_NODE")
                .then(() => events.refetch())
                .catch(failed);
            }}
          />
        </span>
      </div>
      {events.isPending && <Loading what="events" />}
      {events.isError && <Problem error={events.error} onRetry={() => void events.refetch()} />}
      {events.data && rows.length === 0 && (
        <Empty icon={<ScrollText />} title={errorsOnly ? "No failures" : "No messages recorded"}>
          Record all messages, and the next ones show up here. Failures are recorded while that is switched
          on.
        </Empty>
      )}
      <ul className="node-events" aria-label="Messages at the node">
        {rows.map((event) => (
          <NodeEvent key={event.uid} event={event} onTest={onTest} />
        ))}
      </ul>
      {events.data?.hasNext && (
        <Button look="quiet" onPress={() => setPageSize(pageSize + SIZE)}>
          Older messages
        </Button>
      )}
    </div>
  );
}

function NodeEvent({ event, onTest }: { event: Event; onTest: NodeEventsProps["onTest"] }) {
  const [open, setOpen] = useState(false);
  const body = members(event.body);
  const error = text(body.error);
  const relation = text(body.relationType);
  const incoming = body.type === "IN";
  return (
    <li className="node-event">
      <button type="button" className="node-event-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <ChevronRight aria-hidden size={14} className="node-event-arrow" />
        <span className="node-event-time" title={exact(event.createdTime)}>
          {clock(event.createdTime, Date.now())}
        </span>
        <Status tone={failedEvent(event) ? "bad" : incoming ? "idle" : "good"} plain>
          {incoming ? "IN" : "OUT"}
        </Status>
        <span className="node-event-text">
          {relation && <strong>{relation}</strong>} {text(body.msgType)}
        </span>
      </button>
      {open && (
        <div className="node-event-body stack">
          {error && <p className="node-event-error">{error}</p>}
          <Part label="Message" content={text(body.data)} />
          <Part label="Metadata" content={text(body.metadata)} />
          {incoming && onTest && (
            <div>
              <Button icon={<FlaskConical aria-hidden />} onPress={() => onTest(event)}>
                Test the script on this message
              </Button>
            </div>
          )}
        </div>
      )}
    </li>
  );
}

function Part({ label, content }: { label: string; content: string }) {
  return (
    <div>
      <h3>{label}</h3>
      <pre className="code-block" tabIndex={0} aria-label={label}>
        {pretty(content)}
      </pre>
    </div>
  );
}
