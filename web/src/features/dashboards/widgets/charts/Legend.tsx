import { full } from "../../../../format/time";
import type { Latest } from "../../../../live/values";
import { shownNumber } from "../../values/shown";
import type { Series } from "./ChartCanvas";
import type { LegendColumn, LegendLook } from "./looks";

const WORDS: Record<LegendColumn, string> = {
  min: "Min",
  max: "Max",
  avg: "Average",
  total: "Total",
  latest: "Latest",
};

/** A value beside the lines: of a key of which only the latest is wanted. */
export interface Beside {
  label: string;
  shown: string;
  latest: Latest | undefined;
}

interface LegendProps {
  look: LegendLook;
  series: readonly Series[];
  beside: readonly Beside[];
  hidden: ReadonlySet<number>;
  onToggle: (index: number) => void;
  from: number;
  to: number;
  /** Values at the cursor, when it is over the chart. */
  at: (index: number, one: Series) => string | undefined;
  time: number | undefined;
}

/** What is drawn: with values at the cursor, or with the figures that the settings ask for. A press hides a line. */
export function Legend(props: LegendProps) {
  const { look, series, beside, hidden, onToggle, at, time } = props;
  const listed = series.map((one, index) => ({ one, index })).filter(({ one }) => one.look.inLegend);
  const name = (one: Series, index: number) => (
    <button
      type="button"
      className="plot-name"
      aria-pressed={!hidden.has(index)}
      onClick={() => onToggle(index)}
    >
      <span className="plot-swatch" style={{ background: one.colour }} aria-hidden />
      {one.label}
    </button>
  );
  const rest = beside.map(({ label, shown }) => (
    <li key={label}>
      {label} <span className="plot-value">{shown}</span>
    </li>
  ));
  if (look.columns.length === 0)
    return (
      <ul className="plot-legend small" aria-label="Series">
        {listed.map(({ one, index }) => (
          <li key={index}>
            {name(one, index)}{" "}
            <span className="plot-value">
              {at(index, one) ?? shownNumber(one.points.at(-1)?.value, one.decimals, one.units)}
            </span>
          </li>
        ))}
        {rest}
        {time !== undefined && <li className="soft plot-time">{full(time)}</li>}
      </ul>
    );
  return (
    <div className="plot-legend-table small" role="group" aria-label="Legend" tabIndex={0}>
      <table aria-label="Series">
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Series</span>
            </th>
            {look.columns.map((column) => (
              <th key={column} scope="col">
                {WORDS[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {listed.map(({ one, index }) => {
            const figures = figuresOf(one, props.from, props.to);
            return (
              <tr key={index}>
                <th scope="row">{name(one, index)}</th>
                {look.columns.map((column) => (
                  <td key={column}>{shownNumber(figures?.[column], one.decimals, one.units)}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
      {rest.length > 0 && <ul className="plot-legend">{rest}</ul>}
    </div>
  );
}

function figuresOf(one: Series, from: number, to: number): Record<LegendColumn, number> | undefined {
  let [min, max, total, count, latest] = [Infinity, -Infinity, 0, 0, 0];
  for (const { ts, value } of one.points) {
    if (ts < from || ts > to) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    total += value;
    count += 1;
    latest = value;
  }
  return count === 0 ? undefined : { min, max, total, avg: total / count, latest };
}
