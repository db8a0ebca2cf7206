import type { ReplayRow } from "../../../api/types";
import { SIGNS } from "./verdicts";

/** What the edited script gives that the deployed one does not, and the other way round. */
export function Differences({ row }: { row: ReplayRow }) {
  if (row.differences.length === 0) return <p className="soft">Both scripts give the same result.</p>;
  return (
    <div className="table-scroll">
      <table className="replay-differences" aria-label="Differences">
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Change</span>
            </th>
            <th scope="col">Member</th>
            <th scope="col">Deployed</th>
            <th scope="col">Edited</th>
          </tr>
        </thead>
        <tbody>
          {row.differences.map((one) => (
            <tr key={one.path} className={`replay-${one.change.toLowerCase()}`}>
              <td className="replay-sign">
                <span aria-hidden>{SIGNS[one.change].sign}</span>
                <span className="visually-hidden">{SIGNS[one.change].label}</span>
              </td>
              <td className="mono">{one.path || "the whole result"}</td>
              <td className="mono">{one.deployed ?? <span className="soft">none</span>}</td>
              <td className="mono">{one.edited ?? <span className="soft">none</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {row.moreDifferences > 0 && <p className="soft">and {row.moreDifferences} more</p>}
    </div>
  );
}
