import { useQuery } from "@tanstack/react-query";
import { members, text } from "../../api/shapes";
import { clock, exact } from "../../format/time";
import { Loading, Problem } from "../../ui/Notice";
import { Status } from "../../ui/Status";
import { failedEvent } from "../events/columns";
import { listEvents } from "../events/requests";

const SHOWN = 12;
const FOLLOW_MS = 2_000;

/** When the link connected, lost the broker, subscribed: the newest first. */
export function ConnectionLog({ integrationId }: { integrationId: string }) {
  const events = useQuery({
    queryKey: ["events", "INTEGRATION", integrationId, "log"],
    queryFn: () =>
      listEvents(
        { entityType: "INTEGRATION", id: integrationId },
        { type: "LC_EVENT", errorsOnly: false, page: 0, pageSize: SHOWN },
      ),
    refetchInterval: FOLLOW_MS,
  });
  const rows = events.data?.data ?? [];
  return (
    <section className="sheet" aria-label="Connects and losses">
      <div className="sheet-head">
        <h2>Connects and losses</h2>
      </div>
      {events.isPending && <Loading what="the log" />}
      {events.isError && <Problem error={events.error} />}
      {events.data && rows.length === 0 && <p className="soft sheet-pad">Nothing has happened yet.</p>}
      <ul className="connection-log" aria-label="Connects and losses">
        {rows.map((event) => (
          <li key={event.uid} className="row">
            <span className="connection-time soft" title={exact(event.createdTime)}>
              {clock(event.createdTime, Date.now())}
            </span>
            <Status tone={failedEvent(event) ? "bad" : "good"} plain>
              {text(members(event.body).event)}
            </Status>
            <span className="connection-reason">
              {text(members(event.body).error) || text(members(event.body).detail)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
