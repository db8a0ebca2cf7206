import { lazy, Suspense, useState } from "react";
import { Activity as ActivityIcon } from "lucide-react";
import type { EntityId } from "../../api/types";
import { full } from "../../format/time";
import { type Latest, useLatestTelemetry } from "../../live/values";
import { Empty, Loading } from "../../ui/Notice";
import { SearchField } from "../../ui/Field";
import { Ago } from "../../ui/Time";
import { numeric } from "./requests";
import "./telemetry.css";

const HistoryChart = lazy(() =>
  import("./HistoryChart").then((module) => ({ default: module.HistoryChart })),
);

/** The latest value of each key, live, with the history of the one that is chosen. */
export function TelemetryPanel({ entity }: { entity: EntityId }) {
  const values = useLatestTelemetry(entity);
  const [chosen, setChosen] = useState<string>();
  const [wanted, setWanted] = useState("");
  if (!values) return <Loading what="telemetry" />;
  if (values.size === 0) {
    return (
      <section className="sheet" aria-label="Latest telemetry">
        <Empty icon={<ActivityIcon />} title="No telemetry yet">
          Values show up here the moment they arrive.
        </Empty>
      </section>
    );
  }
  const keys = [...values.keys()].sort();
  const drawable = keys.find((key) => numeric(values.get(key)?.value) !== undefined);
  const drawn = chosen ?? drawable;
  const shown = keys.filter((key) => key.toLowerCase().includes(wanted.toLowerCase()));
  return (
    <div className="stack">
      {drawn && (
        <section className="sheet" aria-label={`History of ${drawn}`}>
          <Suspense fallback={<Loading what="the chart" />}>
            <HistoryChart key={drawn} entity={entity} name={drawn} latest={values.get(drawn)} />
          </Suspense>
        </section>
      )}
      <section className="sheet" aria-label="Latest telemetry">
        {keys.length > 8 && (
          <div className="list-bar">
            <SearchField label="Search keys" value={wanted} onChange={setWanted} />
          </div>
        )}
        <div className="table-frame">
          <table className="table table-plain" aria-label="Latest telemetry">
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col" className="number">
                  Value
                </th>
                <th scope="col">Last update</th>
                <th scope="col">History</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((key) => (
                <TelemetryRow
                  key={key}
                  name={key}
                  latest={values.get(key)}
                  drawn={key === drawn}
                  onDraw={() => setChosen(key)}
                />
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </div>
  );
}

interface RowProps {
  name: string;
  latest: Latest | undefined;
  drawn: boolean;
  onDraw: () => void;
}

function TelemetryRow({ name, latest, drawn, onDraw }: RowProps) {
  const canDraw = numeric(latest?.value) !== undefined;
  return (
    <tr>
      <th scope="row" className="telemetry-key">
        {name}
      </th>
      <td className="number">
        {/* A new key makes a new element, which plays the animation of a fresh value. */}
        <span key={latest?.ts} className="telemetry-value" title={latest?.value}>
          {latest?.value}
        </span>
      </td>
      <td>
        <span title={latest && full(latest.ts)}>
          <Ago ts={latest?.ts} />
        </span>
      </td>
      <td>
        {canDraw && (
          <button type="button" className="telemetry-draw" aria-pressed={drawn} onClick={onDraw}>
            {drawn ? "Shown" : "Show"}
            <span className="visually-hidden"> the history of {name}</span>
          </button>
        )}
      </td>
    </tr>
  );
}
