/** Which component shows a type of widget. */
import type { ComponentType } from "react";
import type { Widget } from "../stored/model";
import { HtmlWidget } from "./cards/HtmlWidget";
import { LabelWidget } from "./cards/LabelWidget";
import { ValueWidget } from "./cards/ValueWidget";
import { ChartWidget } from "./charts/ChartWidget";
import { ButtonWidget } from "./controls/ButtonWidget";
import { KnobWidget } from "./controls/KnobWidget";
import { LedWidget } from "./controls/LedWidget";
import { SegmentWidget } from "./controls/SegmentWidget";
import { SliderWidget, StepperWidget } from "./controls/SliderWidget";
import { SwitchWidget } from "./controls/SwitchWidget";
import { TerminalWidget } from "./controls/TerminalWidget";
import { GaugeWidget } from "./gauges/GaugeWidget";
import { AlarmsTableWidget } from "./tables/AlarmsTableWidget";
import { CommandsTableWidget } from "./tables/CommandsTableWidget";
import { EntitiesTableWidget } from "./tables/EntitiesTableWidget";
import { LatestTableWidget } from "./tables/LatestTableWidget";
import { SeriesTableWidget } from "./tables/SeriesTableWidget";

export type WidgetComponent = ComponentType<{ widget: Widget }>;

const BY_TYPE: Record<string, WidgetComponent> = {
  knob_control: KnobWidget,
  round_switch: SwitchWidget,
  switch_control: SwitchWidget,
  slide_toggle_control: SwitchWidget,
  single_switch: SwitchWidget,
  power_button: SwitchWidget,
  toggle_button: SwitchWidget,
  two_segment_button: SegmentWidget,
  rpcbutton: ButtonWidget,
  update_attributes: ButtonWidget,
  command_button: ButtonWidget,
  action_button: ButtonWidget,
  slider: SliderWidget,
  value_stepper: StepperWidget,
  led_indicator: LedWidget,
  rpc_debug_terminal: TerminalWidget,
  persistent_table: CommandsTableWidget,
  value_card: ValueWidget,
  horizontal_value_card: ValueWidget,
  simple_card: ValueWidget,
  attributes_card: LatestTableWidget,
  entities_table: EntitiesTableWidget,
  timeseries_table: SeriesTableWidget,
  alarms_table: AlarmsTableWidget,
  html_card: HtmlWidget,
  html_value_card: HtmlWidget,
  markdown_card: HtmlWidget,
  label_widget: LabelWidget,
  timeseries_bars_flot: ChartWidget,
  basic_timeseries: ChartWidget,
  time_series_chart: ChartWidget,
  line_chart: ChartWidget,
  bar_chart: ChartWidget,
  point_chart: ChartWidget,
  progress_bar: GaugeWidget,
  battery_level: GaugeWidget,
  linear_gauge_canvas_gauges: GaugeWidget,
  radial_gauge_canvas_gauges: GaugeWidget,
  temperature_gauge_canvas_gauges: GaugeWidget,
  temperature_radial_gauge_canvas_gauges: GaugeWidget,
  speed_gauge_canvas_gauges: GaugeWidget,
};

/** The component for a widget; undefined for types that are not here. */
export function componentOf(widget: Widget): WidgetComponent | undefined {
  // A tenant's own type may be called the same and be something else.
  if (!widget.fqn.startsWith("system.")) return undefined;
  const known = Object.hasOwn(BY_TYPE, widget.type) ? BY_TYPE[widget.type] : undefined;
  return known ?? (widget.fqn.includes(".digital_gauges.") ? GaugeWidget : undefined);
}
