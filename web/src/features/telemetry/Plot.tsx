import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { watchColours } from "../../app/preferences";
import { tick } from "../../format/time";
import type { Point } from "./requests";
import "./telemetry.css";

export interface Series {
  label: string;
  points: Point[];
}

interface PlotProps {
  /** What is drawn, for those who do not see it. */
  name: string;
  series: Series[];
  /** Length of the time axis, which ends now. */
  span: number;
  bars?: boolean;
  bounds?: { least: number; most: number };
}

const COLOURS = ["--series-1", "--series-2", "--series-3", "--series-4"];

/** `light-dark()` is resolved by the browser when it is the colour of an element. */
function colour(name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const read = getComputedStyle(probe).color;
  probe.remove();
  return read;
}

/** Values over time on a canvas. */
export function Plot({ name, series, span, bars = false, bounds }: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [paint, setPaint] = useState(0);
  const labels = series.map((one) => one.label).join("\n");
  const least = bounds?.least;
  const most = bounds?.most;
  useEffect(() => watchColours(() => setPaint((n) => n + 1)), []);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const axis = {
      stroke: colour("--soft"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { show: false },
    };
    const font = `12px ${getComputedStyle(document.body).fontFamily}`;
    const names = labels.split("\n");
    const fixed = least !== undefined && most !== undefined;
    const paths = bars ? uPlot.paths.bars?.({ size: [0.7, 24] }) : uPlot.paths.linear?.();
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: element.clientHeight,
        legend: { show: false },
        cursor: { y: false },
        scales: { x: { time: true }, y: fixed ? { range: [least, most] } : {} },
        axes: [
          {
            ...axis,
            font,
            size: 28,
            space: 80,
            values: (_, splits) => splits.map((at) => tick(at * 1000, span)),
          },
          { ...axis, font, size: 56 },
        ],
        series: [
          {},
          ...names.map((label, index) => {
            const stroke = colour(COLOURS[index % COLOURS.length] ?? "--series-1");
            return {
              label,
              stroke,
              width: bars ? 0 : 2,
              fill: bars ? stroke : undefined,
              points: { show: false },
              paths,
            };
          }),
        ],
      },
      [[], ...names.map(() => [])],
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
  }, [labels, paint, span, bars, least, most]);

  useEffect(() => {
    const now = Date.now();
    const tables = series.map((one): uPlot.AlignedData => [
      one.points.map((point) => point.ts / 1000),
      one.points.map((point) => point.value),
    ]);
    const [first] = tables;
    if (!first) return;
    const data = tables.length === 1 ? first : uPlot.join(tables);
    plot.current?.batch(() => {
      plot.current?.setData(data, true);
      plot.current?.setScale("x", { min: (now - span) / 1000, max: now / 1000 });
    });
  }, [series, span, paint, labels]);

  const summary = useMemo(() => summaryOf(name, series), [name, series]);
  const empty = series.every((one) => one.points.length === 0);
  return (
    <div className="chart">
      <div ref={host} role="img" aria-label={summary} className="chart-canvas" />
      {empty && <p className="chart-none soft">No values in this span.</p>}
    </div>
  );
}

function summaryOf(name: string, series: Series[]): string {
  const values = series.flatMap((one) => one.points.map((point) => point.value));
  if (values.length === 0) return `${name}: no values in this span`;
  const low = values.reduce((least, one) => Math.min(least, one), Infinity);
  const high = values.reduce((most, one) => Math.max(most, one), -Infinity);
  return `${name}: ${values.length} values from ${low} to ${high}`;
}
