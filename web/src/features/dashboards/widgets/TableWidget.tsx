import { useLatestTelemetry } from "../../../live/values";
import { Ago } from "../../../ui/Time";
import { shownValue, type Widget } from "../model";
import type { Found } from "../requests";
import { NoEntity, type WidgetProps } from "./WidgetView";

/** The latest values of each entity. */
export function TableWidget({ widget, found }: WidgetProps) {
  const source = widget.sources[0];
  const entities = found.get(source?.alias ?? "") ?? [];
  if (!source || entities.length === 0) return <NoEntity />;
  const keys = source.keys.filter((one) => one.kind === "timeseries");
  return (
    <div className="table-frame">
      <table className="table table-plain" aria-label={widget.title}>
        <thead>
          <tr>
            <th scope="col">Entity</th>
            {keys.map((one) => (
              <th key={one.name} scope="col" className="number">
                {one.label}
              </th>
            ))}
            <th scope="col">Last update</th>
          </tr>
        </thead>
        <tbody>
          {entities.map((one) => (
            <EntityRow key={one.entity.id} one={one} widget={widget} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function EntityRow({ one, widget }: { one: Found; widget: Widget }) {
  const values = useLatestTelemetry(one.entity);
  const keys = (widget.sources[0]?.keys ?? []).filter((key) => key.kind === "timeseries");
  const last = keys.reduce((most, key) => Math.max(most, values?.get(key.name)?.ts ?? 0), 0);
  return (
    <tr>
      <td className="table-name">{one.name}</td>
      {keys.map((key) => (
        <td key={key.name} className="number">
          {shownValue(
            values?.get(key.name)?.value,
            key.decimals ?? widget.decimals,
            key.units || widget.units,
          )}
        </td>
      ))}
      <td>
        <Ago ts={last} />
      </td>
    </tr>
  );
}
