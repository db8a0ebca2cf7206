import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { watchColours } from "../../../../app/preferences";
import { full } from "../../../../format/time";
import { type Fn, resultText } from "../../functions/kinds";
import { useCalls, valueOf } from "../../functions/useCalls";
import type { Point } from "../../../telemetry/requests";
import { shownNumber } from "../../values/shown";
import { type Beside, Legend } from "./Legend";
import type { AxisLook, LegendLook, LineLook } from "./looks";
import { type Line, acrossText, optionsOf, tableOf } from "./plot";
import { useTicks } from "./useTicks";
import type { Threshold } from "./useThresholds";

export interface Series {
  label: string;
  colour: string;
  units: string;
  decimals: number | undefined;
  look: LineLook;
  /** Writes the value at the cursor. */
  tip: Fn | undefined;
  points: Point[];
}

interface CanvasProps {
  /** What is drawn, for those who do not see it. */
  name: string;
  series: Series[];
  axes: AxisLook[];
  thresholds: Threshold[];
  legend: LegendLook;
  beside: Beside[];
  from: number;
  to: number;
  barMs: number | undefined;
  stack: boolean;
  tooltip: boolean;
  onZoom: (start: number, end: number) => void;
}

const NONE: ReadonlySet<number> = new Set();

/** Values over time on a canvas, with a legend, and the values at the cursor. */
export function ChartCanvas(props: CanvasProps) {
  const { name, axes, thresholds, legend, beside, from, to, barMs, stack, onZoom } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const zoom = useRef(onZoom);
  const shown = useRef<uPlot.AlignedData>([[]]);
  const [paint, setPaint] = useState(0);
  const [at, setAt] = useState<number | null>();
  // What was pressed in the legend, over what is hidden at first.
  const [pressed, setPressed] = useState(NONE);
  const hidden = new Set(
    props.series.flatMap((one, index) => (one.look.hidden !== pressed.has(index) ? [index] : [])),
  );
  useEffect(() => {
    zoom.current = onZoom;
  });
  useEffect(() => watchColours(() => setPaint((n) => n + 1)), []);
  const series = props.series.map((one, index) => (hidden.has(index) ? { ...one, points: [] } : one));
  const looks = JSON.stringify({
    lines: series.map(({ label, colour, units, decimals, look }): Line => ({
      label,
      colour,
      units,
      decimals,
      look,
    })),
    axes,
    thresholds,
    barMs,
  });
  const span = to - from;
  const ticks = useTicks(axes, () => plot.current?.redraw(false, true));

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const drawn = JSON.parse(looks) as Pick<CanvasProps, "axes" | "thresholds" | "barMs"> & { lines: Line[] };
    const options = optionsOf(element, {
      ...drawn,
      span,
      tickTexts: (axis, splits) => ticks.current(axis, splits),
      onCursor: setAt,
      onSelect: (start, end) => zoom.current(start, end),
    });
    const made = new uPlot(options, [[], ...drawn.lines.map(() => [])], element);
    plot.current = made;
    const resize = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [looks, paint, span, ticks]);

  const press = [...pressed].join();
  useEffect(() => {
    const { drawn, plain } = tableOf(series, stack);
    shown.current = plain;
    const made = plot.current;
    if (!made || drawn.length !== made.series.length) return;
    made.batch(() => {
      made.setData(drawn, true);
      made.setScale("x", { min: from / 1000, max: to / 1000 });
    });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `press` and the given series stand for `series`
  }, [props.series, press, stack, from, to, paint, looks]);

  const time = typeof at === "number" ? shown.current[0][at] : undefined;
  const valueAt = (index: number) =>
    (typeof at === "number" ? shown.current[index + 1]?.[at] : undefined) ?? undefined;
  const tips = useCalls(
    series.flatMap(({ tip }, index) => {
      const value = valueAt(index);
      return tip && value !== undefined ? [{ slot: String(index), fn: tip, args: [value, {}] }] : [];
    }),
  );
  const textAt = (index: number, one: Series) => {
    const value = valueAt(index);
    if (value === undefined) return undefined;
    const made = one.tip && valueOf(tips, String(index));
    return made === undefined ? shownNumber(value, one.decimals, one.units) : resultText(made).slice(0, 60);
  };
  const empty = series.every((one) => one.points.length === 0);
  const toggle = (index: number) =>
    setPressed((before) => {
      const after = new Set(before);
      if (!after.delete(index)) after.add(index);
      return after;
    });
  return (
    <div className="plot" data-legend={legend.position}>
      <div className="plot-canvas">
        <div ref={host} role="img" aria-label={summaryOf(name, series, thresholds)} className="plot-host" />
        {empty && <p className="plot-none soft">No values in this span.</p>}
        {props.tooltip && time !== undefined && (legend.columns.length > 0 || !legend.shown) && (
          <ul className="plot-tip small" aria-hidden>
            <li className="soft">{full(time * 1000)}</li>
            {series.map((one, index) => {
              const said = textAt(index, one);
              return said === undefined ? null : (
                <li key={index}>
                  <span className="plot-swatch" style={{ background: one.colour }} />
                  {one.label} <span className="plot-value">{said}</span>
                </li>
              );
            })}
          </ul>
        )}
      </div>
      {legend.shown && (
        <Legend
          look={legend}
          series={series}
          beside={beside}
          hidden={hidden}
          onToggle={toggle}
          from={from}
          to={to}
          at={textAt}
          time={time === undefined ? undefined : time * 1000}
        />
      )}
    </div>
  );
}

function summaryOf(name: string, series: readonly Series[], thresholds: readonly Threshold[]): string {
  let [count, low, high] = [0, Infinity, -Infinity];
  for (const one of series) {
    for (const { value } of one.points) {
      count += 1;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  const across = thresholds.map(({ at, look }) => acrossText(at, look)).join(", ");
  const lines = across && `; lines at ${across}`;
  return count === 0
    ? `${name}: no values in this span${lines}`
    : `${name}: ${count} values from ${low} to ${high}${lines}`;
}
