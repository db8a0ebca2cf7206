import { Ago } from "../../../../ui/Time";
import type { Widget } from "../../stored/model";
import { slotOf } from "../../values/ask";
import { filled, shownBy } from "../../values/shown";
import { useSources } from "../../values/useSources";
import { Nothing } from "../Nothing";

/** The latest value of each key, one under the other. */
export function LatestTableWidget({ widget }: { widget: Widget }) {
  const found = useSources(widget.sources);
  const rows = widget.sources.flatMap((source, index) =>
    (found[index]?.rows ?? []).flatMap((row) => source.keys.map((key) => ({ key, row }))),
  );
  if (rows.length === 0) return <Nothing found={found.find((one) => one.missing) ?? found[0]} />;
  const several = new Set(rows.map(({ row }) => row.entity.id)).size > 1;
  return (
    <div
      className="table-frame table-fill"
      tabIndex={0}
      role="group"
      aria-label={widget.title || "Latest values"}
    >
      <table className="table table-plain" aria-label={widget.title || "Latest values"}>
        <thead>
          <tr>
            {several && <th scope="col">Entity</th>}
            <th scope="col">Key</th>
            <th scope="col" className="number">
              Value
            </th>
            <th scope="col">Last update</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, row }) => {
            const latest = row.values.get(slotOf(key));
            return (
              <tr key={`${row.entity.id}/${slotOf(key)}`}>
                {several && <td>{row.name}</td>}
                <th scope="row" className="row-name">
                  {filled(key.label, row)}
                </th>
                <td className="number">{shownBy(widget, key, latest)}</td>
                <td>
                  <Ago ts={latest?.ts} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
