import { PuzzleIcon } from "lucide-react";
import type { Widget } from "../model";
import type { Found } from "../requests";
import { ChartWidget } from "./ChartWidget";
import { GaugeWidget } from "./GaugeWidget";
import { KnobWidget } from "./KnobWidget";
import { TableWidget } from "./TableWidget";
import { ValueWidget } from "./ValueWidget";

export interface WidgetProps {
  widget: Widget;
  /** Length of the time window. */
  span: number;
  found: ReadonlyMap<string, Found[]>;
  /** Nothing is sent while a dashboard is edited. */
  editing: boolean;
}

type Shape = (props: WidgetProps) => React.ReactNode;

const CHARTS = [
  "timeseries_bars_flot",
  "basic_timeseries",
  "time_series_chart",
  "line_chart",
  "bar_chart",
  "point_chart",
];
const VALUES = ["simple_card", "value_card", "horizontal_value_card"];
const TABLES = ["attributes_card", "entities_table", "timeseries_table"];

function shapeOf(fqn: string): Shape | undefined {
  const [, bundle, type = ""] = fqn.split(".");
  if (type === "knob_control") return KnobWidget;
  if (CHARTS.includes(type)) return ChartWidget;
  if (bundle === "digital_gauges") return GaugeWidget;
  if (VALUES.includes(type)) return ValueWidget;
  if (TABLES.includes(type)) return TableWidget;
  return undefined;
}

/** A widget by its type; one that is not here yet says so and keeps its settings. */
export function WidgetView(props: WidgetProps) {
  const { widget } = props;
  const Shape = shapeOf(widget.fqn);
  return (
    <>
      {widget.showTitle && widget.title && <h2 className="widget-title">{widget.title}</h2>}
      <div className="widget-body">{Shape ? <Shape {...props} /> : <Unknown fqn={widget.fqn} />}</div>
    </>
  );
}

function Unknown({ fqn }: { fqn: string }) {
  return (
    <div className="widget-center soft">
      <PuzzleIcon aria-hidden />
      <p>This widget is not available yet.</p>
      <code>{fqn}</code>
    </div>
  );
}

/** What a widget shows when its alias means nothing. */
export function NoEntity() {
  return (
    <div className="widget-center soft">
      <p>No entity fits the alias of this widget.</p>
    </div>
  );
}
