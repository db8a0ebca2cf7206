import { useMemo } from "react";
import type { StatusReport } from "../../api/types";
import { Notice } from "../../ui/Notice";
import { Status } from "../../ui/Status";
import { Ago } from "../../ui/Time";
import { ConnectionLog } from "./ConnectionLog";
import { rateText, useRates } from "./rates";
import { filterState, shownState } from "./state";
import "./integrations.css";

/** What the live session says: state, reason, and each topic filter by itself. */
export function LivePanel({ integrationId, report }: { integrationId: string; report: StatusReport }) {
  const { tone, word } = shownState(report.state);
  const counts = useMemo(() => new Map(report.filters.map((one) => [one.filter, one.count])), [report]);
  const rates = useRates(counts);
  return (
    <>
      <section className="sheet" aria-label="Connection">
        <div className="sheet-head">
          <h2>Connection</h2>
          <span className="row">
            <Status tone={tone}>{word}</Status>
            {report.since && (
              <span className="soft small">
                since <Ago ts={report.since} />
              </span>
            )}
          </span>
        </div>
        {report.reason && (
          <div className="sheet-pad">
            <Notice tone={report.state === "FAILED" ? "bad" : "info"} title={report.reason} />
          </div>
        )}
        <dl className="live-figures">
          <Figure name="Received" value={report.received} />
          <Figure name="Received again" value={report.redelivered} />
          <Figure name="Waiting for the disk" value={report.inFlight} />
          <Figure name="Downlink queue" value={report.downlinkQueue} />
          <Figure name="Too large" value={report.oversized} />
          <Figure name="QoS 0 dropped" value={report.qos0Dropped} />
          <Figure name="Connections" value={report.connections} />
          <Figure
            name="Session"
            value={
              report.sessionPresent === true
                ? "kept by the broker"
                : report.sessionPresent === false
                  ? "new"
                  : "–"
            }
          />
        </dl>
      </section>
      <section className="sheet" aria-label="Topic filters">
        <div className="table-frame">
          <table className="table table-plain" aria-label="Topic filters">
            <thead>
              <tr>
                <th scope="col">Topic filter</th>
                <th scope="col">State</th>
                <th scope="col" className="number">
                  Messages
                </th>
                <th scope="col" className="number table-minor">
                  Rate
                </th>
                <th scope="col" className="table-minor">
                  Last message
                </th>
              </tr>
            </thead>
            <tbody>
              {report.filters.map((one) => {
                const state = filterState(report, one.granted);
                return (
                  <tr key={one.filter}>
                    <td className="table-wrap">
                      <code>{one.filter}</code>
                      {typeof one.granted === "number" && one.granted < one.requestedQos && (
                        <span className="soft small"> asked for QoS {one.requestedQos}</span>
                      )}
                    </td>
                    <td>
                      <Status tone={state.tone}>{state.word}</Status>
                    </td>
                    <td className="number">{one.count.toLocaleString("en")}</td>
                    <td className="number table-minor">{rateText(rates.get(one.filter))}</td>
                    <td className="table-minor">
                      <Ago ts={one.lastMessage} />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </section>
      <ConnectionLog integrationId={integrationId} />
    </>
  );
}

function Figure({ name, value }: { name: string; value: number | string }) {
  return (
    <div className="live-figure">
      <dt>{name}</dt>
      <dd>
        {typeof value === "number" ? value.toLocaleString("en") : <span className="small">{value}</span>}
      </dd>
    </div>
  );
}
