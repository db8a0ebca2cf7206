import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, ListX, Pause, Play, ScrollText } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { EntityId, Event, EventType } from "../../api/types";
import { clock, exact } from "../../format/time";
import { Button, IconButton } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Select, Switch } from "../../ui/Field";
import { Empty, Loading, Notice, Problem } from "../../ui/Notice";
import { Status } from "../../ui/Status";
import { type EventColumn, failedEvent, kindOfEvents } from "./columns";
import { clearEvents, eventCounters, listEvents } from "./requests";
import { ValueDialog } from "./ValueDialog";
import "./events.css";

const SIZE = 20;
const FOLLOW_MS = 2_000;

interface EventsProps {
  entity: EntityId;
  types: EventType[];
  /** What an event's row offers, beyond looking at it. */
  action?: (event: Event) => ReactNode;
  /** Shown when there are no events: how to get some. */
  hint?: ReactNode;
}

/** The events of an entity, followed as they happen. */
export function EventsPanel({ entity, types, action, hint }: EventsProps) {
  const [type, setType] = useState<EventType>(types[0] ?? "ERROR");
  const [errorsOnly, setErrorsOnly] = useState(false);
  const [following, setFollowing] = useState(true);
  const [page, setPage] = useState(0);
  const [clearing, setClearing] = useState(false);
  const [opened, setOpened] = useState<{ label: string; text: string }>();
  const kind = kindOfEvents(type);
  const refetchInterval = following && page === 0 ? FOLLOW_MS : false;
  const events = useQuery({
    queryKey: ["events", entity.entityType, entity.id, type, errorsOnly, page],
    queryFn: () => listEvents(entity, { type, errorsOnly, page, pageSize: SIZE }),
    refetchInterval,
    placeholderData: keepPreviousData,
  });
  const counters = useQuery({
    queryKey: ["events", entity.entityType, entity.id, "counters"],
    queryFn: () => eventCounters(entity),
    refetchInterval,
  });
  const heldBack = (counters.data?.limited ?? 0) + (counters.data?.dropped ?? 0);
  const rows = events.data?.data ?? [];

  return (
    <section className="sheet" aria-label="Events">
      <div className="list-bar">
        {types.length > 1 && (
          <div className="events-type">
            <Select
              bare
              label="Kind of events"
              choices={types.map((id) => ({ id, label: kindOfEvents(id).label }))}
              value={type}
              onChange={(next) => {
                setType(next);
                setPage(0);
              }}
            />
          </div>
        )}
        {kind.hasErrors && (
          <Switch
            label="Failures only"
            value={errorsOnly}
            onChange={(on) => {
              setErrorsOnly(on);
              setPage(0);
            }}
          />
        )}
        <div className="row row-end">
          <Button
            look="quiet"
            icon={following ? <Pause aria-hidden /> : <Play aria-hidden />}
            onPress={() => setFollowing(!following)}
          >
            {following ? "Pause" : "Follow"}
          </Button>
          <Button look="quiet" icon={<ListX aria-hidden />} onPress={() => setClearing(true)}>
            Clear
          </Button>
        </div>
      </div>
      {heldBack > 0 && (
        <div className="events-held">
          <Notice
            tone="warn"
            title={`${heldBack} events were not kept: only so many a second are recorded.`}
          />
        </div>
      )}
      {events.isPending && <Loading what="events" />}
      {events.isError && (
        <div className="sheet-pad">
          <Problem error={events.error} onRetry={() => void events.refetch()} />
        </div>
      )}
      {events.data?.totalElements === 0 && (
        <Empty icon={<ScrollText />} title={errorsOnly ? "No failures" : "No events of this kind"}>
          {hint}
        </Empty>
      )}
      {rows.length > 0 && (
        <div className="table-frame">
          <table className="table table-plain events-table" aria-label={`${kind.label} events`}>
            <thead>
              <tr>
                <th scope="col">Time</th>
                {kind.hasErrors && <th scope="col">Result</th>}
                {kind.columns.map((one) => (
                  <th key={one.label} scope="col">
                    {one.label}
                  </th>
                ))}
                {action && (
                  <th scope="col">
                    <span className="visually-hidden">Actions</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {rows.map((event) => (
                <tr key={event.uid}>
                  <td className="events-time" title={exact(event.createdTime)}>
                    {clock(event.createdTime, Date.now())}
                  </td>
                  {kind.hasErrors && (
                    <td>
                      <Status tone={failedEvent(event) ? "bad" : "good"}>
                        {failedEvent(event) ? "Failed" : "OK"}
                      </Status>
                    </td>
                  )}
                  {kind.columns.map((one) => (
                    <EventCell key={one.label} column={one} event={event} onOpen={setOpened} />
                  ))}
                  {action && <td className="events-action">{action(event)}</td>}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {events.data && events.data.totalElements > 0 && (
        <div className="pager">
          <span className="soft">
            Page {page + 1} of {Math.max(events.data.totalPages, 1)}
          </span>
          <IconButton
            label="Newer events"
            icon={<ChevronLeft aria-hidden />}
            isDisabled={page === 0}
            onPress={() => setPage(page - 1)}
          />
          <IconButton
            label="Older events"
            icon={<ChevronRight aria-hidden />}
            isDisabled={!events.data.hasNext}
            onPress={() => setPage(page + 1)}
          />
        </div>
      )}
      <ValueDialog title={opened?.label ?? ""} text={opened?.text} onClose={() => setOpened(undefined)} />
      <Confirm
        title={`Clear the ${kind.label.toLowerCase()} events?`}
        action="Clear"
        isOpen={clearing}
        onClose={() => setClearing(false)}
        onConfirm={async () => {
          await clearEvents(entity, type);
          setPage(0);
          await events.refetch();
        }}
      >
        <p>They are deleted for everybody. Values that were stored stay.</p>
      </Confirm>
    </section>
  );
}

interface CellProps {
  column: EventColumn;
  event: Event;
  onOpen: (opened: { label: string; text: string }) => void;
}

function EventCell({ column, event, onOpen }: CellProps) {
  const text = column.text(event);
  if (!column.long || !text) return <td>{text}</td>;
  return (
    <td>
      <button type="button" className="event-value" onClick={() => onOpen({ label: column.label, text })}>
        <span className="visually-hidden">{column.label}: </span>
        {text.slice(0, 200)}
      </button>
    </td>
  );
}
