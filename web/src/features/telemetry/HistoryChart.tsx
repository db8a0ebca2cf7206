import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { EntityId } from "../../api/types";
import { watchColours } from "../../app/preferences";
import type { Latest } from "../../live/values";
import { Problem } from "../../ui/Notice";
import { tick } from "../../format/time";
import { Ago } from "../../ui/Time";
import { type Point, history, numeric } from "./requests";

const MINUTE = 60_000;
const SPANS = [
  { id: "1m", label: "1 min", ms: MINUTE },
  { id: "15m", label: "15 min", ms: 15 * MINUTE },
  { id: "1h", label: "1 h", ms: 60 * MINUTE },
  { id: "1d", label: "1 day", ms: 24 * 60 * MINUTE },
  { id: "7d", label: "7 days", ms: 7 * 24 * 60 * MINUTE },
] as const;

interface ChartProps {
  entity: EntityId;
  name: string;
  latest: Latest | undefined;
}

/** One key's history; new values are added as they arrive. */
export function HistoryChart({ entity, name, latest }: ChartProps) {
  const [spanId, setSpanId] = useState<string>("15m");
  const span = SPANS.find((one) => one.id === spanId) ?? SPANS[1];
  const stored = useQuery({
    queryKey: ["history", entity.entityType, entity.id, name, span.id],
    queryFn: () => history(entity, name, Date.now() - span.ms, Date.now()),
    // Live points fill the gap between; the store is asked again so that averages stay right.
    refetchInterval: Math.max(span.ms / 60, 15_000),
  });
  const fresh = useFreshPoints(latest);
  const points = useMemo(() => joined(stored.data ?? [], fresh), [stored.data, fresh]);
  return (
    <>
      <div className="chart-head">
        <div>
          <h2>{name}</h2>
          <p className="chart-now">
            <span className="chart-value">{latest?.value}</span>
            <span className="soft small">
              <Ago ts={latest?.ts} />
            </span>
          </p>
        </div>
        <ToggleButtonGroup
          aria-label="Time span"
          className="segments"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[spanId]}
          onSelectionChange={(keys) => setSpanId(String([...keys][0]))}
        >
          {SPANS.map((one) => (
            <ToggleButton key={one.id} id={one.id} className="segment">
              {one.label}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </div>
      {stored.isError ? (
        <div className="sheet-pad">
          <Problem error={stored.error} onRetry={() => void stored.refetch()} />
        </div>
      ) : (
        <Canvas points={points} name={name} span={span.ms} />
      )}
    </>
  );
}

const KEPT = 2_000;

/** The values that arrived since the chart was opened. */
function useFreshPoints(latest: Latest | undefined): Point[] {
  const [points, setPoints] = useState<Point[]>([]);
  const ts = latest?.ts;
  const value = numeric(latest?.value);
  useEffect(() => {
    if (ts === undefined || value === undefined) return;
    setPoints((before) => [...before.slice(-KEPT), { ts, value }]);
  }, [ts, value]);
  return points;
}

/** Stored points, then the fresh ones that are newer than all of them. */
export function joined(stored: Point[], fresh: Point[]): Point[] {
  const last = stored.at(-1)?.ts ?? 0;
  return [...stored, ...fresh.filter((one) => one.ts > last)];
}

function colour(name: string): string {
  // `light-dark()` is resolved by the browser when it is the colour of an element.
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const read = getComputedStyle(probe).color;
  probe.remove();
  return read;
}

function Canvas({ points, name, span }: { points: Point[]; name: string; span: number }) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [paint, setPaint] = useState(0);
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
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: element.clientHeight,
        legend: { show: false },
        cursor: { y: false },
        scales: { x: { time: true } },
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
          {
            label: name,
            stroke: colour("--series-1"),
            width: 2,
            points: { show: false },
            paths: uPlot.paths.linear?.(),
          },
        ],
      },
      [[], []],
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
  }, [name, paint, span]);

  useEffect(() => {
    const now = Date.now();
    plot.current?.batch(() => {
      plot.current?.setData([points.map((one) => one.ts / 1000), points.map((one) => one.value)], true);
      plot.current?.setScale("x", { min: (now - span) / 1000, max: now / 1000 });
    });
  }, [points, span, paint]);

  const low = points.reduce((least, one) => Math.min(least, one.value), Infinity);
  const high = points.reduce((most, one) => Math.max(most, one.value), -Infinity);
  const summary =
    points.length === 0
      ? `${name}: no values in this span`
      : `${name}: ${points.length} values from ${low} to ${high}`;
  return (
    <div className="chart">
      <div ref={host} role="img" aria-label={summary} style={{ height: "100%" }} />
      {points.length === 0 && <p className="chart-none soft">No values in this span.</p>}
    </div>
  );
}
