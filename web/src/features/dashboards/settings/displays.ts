/** The charts, gauges, cards and tables that can be added. */
import { BOUNDS, type CatalogueEntry, entry } from "./entry";
import type { Field } from "./fields";

export const CHARTS = "Charts";
export const GAUGES = "Gauges";
export const CARDS = "Cards";
export const TABLES = "Tables";

const AXIS: readonly Field[] = [
  {
    kind: "number",
    path: "settings.yaxis.min",
    label: "Axis from",
    description: "Empty: as the values are.",
  },
  { kind: "number", path: "settings.yaxis.max", label: "Axis to" },
];
const STACK: Field = { kind: "flag", path: "settings.stack", label: "Stack the series", otherwise: false };
const LEGEND: readonly Field[] = [
  { kind: "flag", path: "settings.showLegend", label: "Legend", otherwise: true },
  {
    kind: "choice",
    path: "settings.legendConfig.position",
    label: "Legend stands",
    otherwise: "bottom",
    choices: [
      { id: "bottom", label: "Below" },
      { id: "top", label: "Above" },
      { id: "left", label: "Left" },
      { id: "right", label: "Right" },
    ],
  },
  { kind: "flag", path: "settings.legendConfig.showMin", label: "Minimum in the legend", otherwise: false },
  { kind: "flag", path: "settings.legendConfig.showMax", label: "Maximum in the legend", otherwise: false },
  { kind: "flag", path: "settings.legendConfig.showAvg", label: "Average in the legend", otherwise: false },
  { kind: "flag", path: "settings.legendConfig.showTotal", label: "Total in the legend", otherwise: false },
  { kind: "flag", path: "settings.legendConfig.showLatest", label: "Latest in the legend", otherwise: false },
];
const HEIGHT_NOTE = "A row for each";

const chart = (fqn: string, label: string, note: string): CatalogueEntry =>
  entry(fqn, {
    bundle: CHARTS,
    label,
    note,
    kind: "timeseries",
    w: 12,
    h: 6,
    fields: [STACK, ...AXIS, ...LEGEND],
  });

export const DISPLAY_ENTRIES: readonly CatalogueEntry[] = [
  chart("time_series_chart", "Line chart", "Values over time as lines"),
  chart("bar_chart", "Bar chart", "Values over time as bars"),
  chart("point_chart", "Point chart", "Values over time as points"),
  entry("digital_gauges.horizontal_bar_justgage", {
    bundle: GAUGES,
    label: "Horizontal bar",
    note: "A value along a bar",
    kind: "latest",
    w: 7,
    h: 3,
    oneKey: true,
    fields: BOUNDS,
    settings: { minValue: 0, maxValue: 100, gaugeType: "horizontalBar" },
  }),
  entry("digital_gauges.gauge_justgage", {
    bundle: GAUGES,
    label: "Radial gauge",
    note: "A value around a dial",
    kind: "latest",
    w: 5,
    h: 5,
    oneKey: true,
    fields: BOUNDS,
    settings: { minValue: 0, maxValue: 100, gaugeType: "arc" },
  }),
  entry("cards.value_card", {
    bundle: CARDS,
    label: "Value card",
    note: "One value, large",
    kind: "latest",
    w: 4,
    h: 4,
    oneKey: true,
  }),
  entry("cards.horizontal_value_card", {
    bundle: CARDS,
    label: "Wide value card",
    note: "One value beside its name",
    kind: "latest",
    w: 6,
    h: 2,
    oneKey: true,
  }),
  entry("cards.markdown_card", {
    bundle: CARDS,
    label: "Markdown card",
    note: "A text with values in it",
    kind: "static",
    w: 6,
    h: 4,
    fields: [
      {
        kind: "text",
        path: "settings.markdownTextPattern",
        label: "Text",
        multiline: 8,
        mono: true,
        description: "${key} is the value of a key, ${entityName} the name.",
      },
    ],
    settings: { markdownTextPattern: "### Notes\n\n- **${entityName}**\n" },
  }),
  entry("cards.html_value_card", {
    bundle: CARDS,
    label: "HTML card",
    note: "HTML without scripts, with values in it",
    kind: "static",
    w: 6,
    h: 4,
    fields: [
      {
        kind: "text",
        path: "settings.cardHtml",
        label: "HTML",
        multiline: 8,
        mono: true,
        description: "Scripts, forms and foreign pictures are left out. ${key} is the value of a key.",
      },
    ],
    settings: { cardHtml: "<h3>Notes</h3>\n<p>…</p>" },
  }),
  entry("cards.label_widget", {
    bundle: CARDS,
    label: "Picture with values",
    note: "Values at places of a picture",
    kind: "latest",
    w: 8,
    h: 6,
    fields: [
      { kind: "picture", path: "settings.backgroundImageUrl", label: "Picture" },
      { kind: "labels", path: "settings.labels", label: "Labels" },
    ],
    settings: { backgroundImageUrl: "", labels: [{ pattern: "${#0}", x: 10, y: 10 }] },
  }),
  entry("cards.entities_table", {
    bundle: TABLES,
    label: "Entities table",
    note: `${HEIGHT_NOTE} entity`,
    kind: "latest",
    w: 12,
    h: 6,
    fields: [
      {
        kind: "number",
        path: "settings.defaultPageSize",
        label: "Rows a page",
        otherwise: 10,
        least: 1,
        most: 200,
      },
      { kind: "flag", path: "settings.enableSearch", label: "Search", otherwise: true },
      { kind: "state", path: "actions", label: "A row opens", source: "rowClick" },
    ],
    settings: { defaultPageSize: 10, enableSearch: true },
  }),
  entry("cards.attributes_card", {
    bundle: TABLES,
    label: "Latest values",
    note: `${HEIGHT_NOTE} key`,
    kind: "latest",
    w: 7,
    h: 5,
  }),
  entry("cards.timeseries_table", {
    bundle: TABLES,
    label: "Time series table",
    note: `${HEIGHT_NOTE} time`,
    kind: "timeseries",
    w: 8,
    h: 6,
    fields: [{ kind: "number", path: "pageSize", label: "Rows a page", otherwise: 10, least: 1, most: 200 }],
  }),
  entry("alarm_widgets.alarms_table", {
    bundle: TABLES,
    label: "Alarms table",
    note: `${HEIGHT_NOTE} alarm`,
    kind: "alarm",
    w: 12,
    h: 6,
    fields: [
      {
        kind: "choice",
        list: true,
        path: "alarmFilterConfig.statusList",
        label: "Shows",
        otherwise: "ANY",
        choices: [
          { id: "ANY", label: "All alarms" },
          { id: "ACTIVE", label: "Active alarms" },
          { id: "UNACK", label: "Unacknowledged alarms" },
          { id: "CLEARED", label: "Cleared alarms" },
        ],
      },
    ],
  }),
];
