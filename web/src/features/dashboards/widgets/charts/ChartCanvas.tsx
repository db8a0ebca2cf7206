import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { watchColours } from "../../../../app/preferences";
import { full, tick } from "../../../../format/time";
import type { Fn } from "../../functions/kinds";
import type { Point } from "../../../telemetry/requests";
import { shownNumber } from "../../values/shown";
import { useTicks } from "./useTicks";

export type Shape = "line" | "bar" | "point";

export interface Series {
  label: string;
  colour: string;
  units: string;
  decimals: number | undefined;
  shape: Shape;
  fill: boolean;
  points: Point[];
}

interface CanvasProps {
  /** What is drawn, for those who do not see it. */
  name: string;
  series: Series[];
  from: number;
  to: number;
  least: number | undefined;
  most: number | undefined;
  stack: boolean;
  /** Writes the numbers along the axis. */
  tickText?: Fn;
  onZoom: (start: number, end: number) => void;
}

/** `light-dark()` is resolved by the browser when it is the colour of an element. */
function resolved(colour: string): string {
  const probe = document.createElement("span");
  probe.style.color = colour;
  document.body.append(probe);
  const read = getComputedStyle(probe).color;
  probe.remove();
  return read;
}

function pathsOf(shape: Shape): uPlot.Series.PathBuilder | undefined {
  if (shape === "bar") return uPlot.paths.bars?.({ size: [0.7, 40] });
  return shape === "point" ? () => null : uPlot.paths.linear?.();
}

/** All series over one axis of time; with `stack` each stands on the ones after it. */
function tableOf(
  series: readonly Series[],
  stack: boolean,
): { drawn: uPlot.AlignedData; plain: uPlot.AlignedData } {
  const tables = series.map((one): uPlot.AlignedData => [
    one.points.map((point) => point.ts / 1000),
    one.points.map((point) => point.value),
  ]);
  const [first] = tables;
  if (!first) return { drawn: [[]], plain: [[]] };
  const plain = tables.length === 1 ? first : uPlot.join(tables);
  if (!stack || tables.length < 2) return { drawn: plain, plain };
  const [times, ...values] = plain;
  const sums = new Array<number>(times.length).fill(0);
  // From the last to the first: what stands lower is drawn later, over what stands on it.
  const piled = values
    .toReversed()
    .map((list) =>
      Array.from(times, (_, at) => {
        const value = list[at];
        if (value === null || value === undefined) return null;
        sums[at] = (sums[at] ?? 0) + value;
        return sums[at] ?? null;
      }),
    )
    .toReversed();
  return { drawn: [times, ...piled], plain };
}

/** Values over time on a canvas, with a legend that follows the cursor. */
export function ChartCanvas(props: CanvasProps) {
  const { name, series, from, to, least, most, stack, tickText, onZoom } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const zoom = useRef(onZoom);
  const shown = useRef<uPlot.AlignedData>([[]]);
  const [paint, setPaint] = useState(0);
  const [at, setAt] = useState<number | null>();
  useEffect(() => {
    zoom.current = onZoom;
  });
  useEffect(() => watchColours(() => setPaint((n) => n + 1)), []);
  const looks = JSON.stringify(
    series.map(({ label, colour, shape, fill, units, decimals }) => ({
      label,
      colour,
      shape,
      fill,
      units,
      decimals,
    })),
  );
  const span = to - from;
  const ticks = useTicks(tickText, () => plot.current?.redraw(false, true));

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const lines = JSON.parse(looks) as Omit<Series, "points">[];
    const axis = {
      stroke: resolved("var(--soft)"),
      grid: { stroke: resolved("var(--line)"), width: 1 },
      ticks: { show: false },
      font: `12px ${getComputedStyle(document.body).fontFamily}`,
    };
    // The axis has a unit only when all lines share it.
    const shared = new Set(lines.map((one) => one.units));
    const units = shared.size === 1 ? (lines[0]?.units ?? "") : "";
    const decimals = lines.some((one) => one.decimals !== 0) ? undefined : 0;
    const bars = lines.some((one) => one.shape === "bar");
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: element.clientHeight,
        legend: { show: false },
        padding: [8, 12, 0, 0],
        cursor: {
          y: false,
          sync: { key: "dashboard", setSeries: false },
          drag: { x: true, y: false, setScale: false },
        },
        scales: {
          x: { time: true },
          y: {
            range: (_, low, high) => {
              // Bars stand on zero.
              const [bottom, top] = bars ? [Math.min(low, 0), Math.max(high, 0)] : [low, high];
              const auto = uPlot.rangeNum(bottom, top === bottom ? bottom + 1 : top, 0.1, true);
              return [least ?? (bars && bottom === 0 ? 0 : auto[0]), most ?? auto[1]];
            },
          },
        },
        axes: [
          {
            ...axis,
            size: 26,
            space: 80,
            values: (_, splits) => splits.map((one) => tick(one * 1000, span)),
          },
          {
            ...axis,
            size: (_, values) => 16 + 7.5 * Math.max(2, ...(values ?? []).map((one) => String(one).length)),
            space: 34,
            values: (_, splits) =>
              ticks.current(splits) ?? splits.map((one) => shownNumber(one, decimals, units)),
          },
        ],
        series: [
          {},
          ...lines.map((one) => {
            const stroke = resolved(one.colour);
            return {
              label: one.label,
              stroke,
              width: one.shape === "bar" ? 0 : 2,
              fill: one.shape === "bar" ? stroke : one.fill ? faint(stroke) : undefined,
              points: { show: one.shape === "point", size: 6, fill: stroke },
              paths: pathsOf(one.shape),
              spanGaps: true,
            };
          }),
        ],
        hooks: {
          setCursor: [(self) => setAt(self.cursor.idx ?? null)],
          setSelect: [
            (self) => {
              if (self.select.width < 5) return;
              const [start, end] = [self.select.left, self.select.left + self.select.width];
              zoom.current(self.posToVal(start, "x") * 1000, self.posToVal(end, "x") * 1000);
              self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            },
          ],
        },
      },
      [[], ...lines.map(() => [])],
      element,
    );
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
  }, [looks, paint, span, least, most, ticks]);

  useEffect(() => {
    const { drawn, plain } = tableOf(series, stack);
    shown.current = plain;
    const made = plot.current;
    if (!made || drawn.length !== made.series.length) return;
    made.batch(() => {
      made.setData(drawn, true);
      made.setScale("x", { min: from / 1000, max: to / 1000 });
    });
  }, [series, stack, from, to, paint, looks, least, most]);

  const time = typeof at === "number" ? shown.current[0][at] : undefined;
  const empty = series.every((one) => one.points.length === 0);
  return (
    <div className="plot">
      <div className="plot-canvas">
        <div ref={host} role="img" aria-label={summaryOf(name, series)} className="plot-host" />
        {empty && <p className="plot-none soft">No values in this span.</p>}
      </div>
      <ul className="plot-legend small" aria-label="Series">
        {series.map((one, index) => {
          const here = typeof at === "number" ? shown.current[index + 1]?.[at] : one.points.at(-1)?.value;
          return (
            <li key={index}>
              <span className="plot-swatch" style={{ background: one.colour }} aria-hidden />
              {one.label}{" "}
              <span className="plot-value">{shownNumber(here ?? undefined, one.decimals, one.units)}</span>
            </li>
          );
        })}
        {time !== undefined && <li className="soft plot-time">{full(time * 1000)}</li>}
      </ul>
    </div>
  );
}

function faint(rgb: string): string {
  return rgb.replace(/^rgb\(/, "rgba(").replace(/\)$/, ", 0.18)");
}

function summaryOf(name: string, series: readonly Series[]): string {
  let [count, low, high] = [0, Infinity, -Infinity];
  for (const one of series) {
    for (const { value } of one.points) {
      count += 1;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return count === 0 ? `${name}: no values in this span` : `${name}: ${count} values from ${low} to ${high}`;
}
