/** The fields of the settings of a dashboard and of its layouts. */
import type { Field } from "./fields";

/** In `settings`. */
export const TITLE_FIELDS: readonly Field[] = [
  {
    kind: "flag",
    path: "showTitle",
    label: "Show the title in full screen",
    otherwise: false,
    description: "The head of the page has it in any case.",
  },
  {
    kind: "colour",
    path: "titleColor",
    label: "Colour of the title",
    usual: "rgba(0,0,0,0.870588)",
    description: "Used while the title is shown, and where it can be read.",
  },
  { kind: "flag", path: "showDashboardLogo", label: "Show a logo", otherwise: false },
  { kind: "picture", path: "dashboardLogoUrl", label: "Logo" },
];

/** In `settings`. */
export const TOOLBAR_FIELDS: readonly Field[] = [
  {
    kind: "flag",
    path: "hideToolbar",
    label: "Hide the toolbar",
    otherwise: false,
    description: "Time window, entities, filters and states; editing stays in reach.",
  },
  {
    kind: "flag",
    path: "toolbarAlwaysOpen",
    label: "Keep the toolbar open",
    otherwise: true,
    description: "Off: a button opens it.",
  },
  { kind: "flag", path: "showDashboardTimewindow", label: "Show the time window", otherwise: true },
  {
    kind: "flag",
    path: "showEntitiesSelect",
    label: "Show the choice of entities",
    otherwise: true,
    description: "For aliases of one entity whose filter finds several.",
  },
  {
    kind: "flag",
    path: "showFilters",
    label: "Show the values of filters",
    otherwise: true,
    description: "Those that people may change.",
  },
  { kind: "flag", path: "showDashboardExport", label: "Offer the export", otherwise: true },
];

/** In `gridSettings`. */
export const GRID_FIELDS: readonly Field[] = [
  { kind: "number", path: "columns", label: "Columns", otherwise: 24, least: 1, most: 1_000 },
  {
    kind: "number",
    path: "margin",
    label: "Margin between widgets (px)",
    otherwise: 10,
    least: 0,
    most: 100,
  },
  {
    kind: "choice",
    path: "viewFormat",
    label: "Widgets stand",
    choices: [
      { id: "grid", label: "In a grid" },
      { id: "list", label: "One under the other" },
    ],
    otherwise: "grid",
  },
  { kind: "flag", path: "outerMargin", label: "Margin around the widgets", otherwise: true },
  {
    kind: "flag",
    path: "autoFillHeight",
    label: "Fill the height of the window",
    otherwise: false,
    description: "All rows share it.",
  },
];

/** In `gridSettings`. */
export const GROUND_FIELDS: readonly Field[] = [
  { kind: "colour", path: "backgroundColor", label: "Background", usual: "#eeeeee" },
  { kind: "picture", path: "backgroundImageUrl", label: "Background picture" },
  {
    kind: "choice",
    path: "backgroundSizeMode",
    label: "Size of the picture",
    choices: [
      { id: "100%", label: "As wide as the layout" },
      { id: "cover", label: "Covers the layout" },
      { id: "contain", label: "Fits into the layout" },
      { id: "100% 100%", label: "Stretched over the layout" },
      { id: "auto", label: "Its own" },
    ],
    otherwise: "100%",
  },
];

/** In `gridSettings`. */
export const NARROW_FIELDS: readonly Field[] = [
  {
    kind: "number",
    path: "mobileRowHeight",
    label: "Row on narrow screens (px)",
    otherwise: 70,
    least: 5,
    most: 200,
  },
  {
    kind: "number",
    path: "rowHeight",
    label: "Row one under the other (px)",
    otherwise: 70,
    least: 5,
    most: 200,
  },
  {
    kind: "flag",
    path: "mobileAutoFillHeight",
    label: "Fill the height of narrow screens",
    otherwise: false,
  },
];

/** In `gridSettings`, where there are two layouts. */
export const FIRST_FIELD: Field = {
  kind: "flag",
  path: "mobileDisplayLayoutFirst",
  label: "First on narrow screens",
  otherwise: false,
};

/** In the stored place of a widget. */
export const PLACE_FIELDS: readonly Field[] = [
  {
    kind: "number",
    path: "mobileOrder",
    label: "Order on narrow screens",
    description: "Empty: as they stand.",
  },
  { kind: "number", path: "mobileHeight", label: "Rows on narrow screens", least: 1, most: 50 },
  { kind: "flag", path: "mobileHide", label: "Hidden on narrow screens", otherwise: false },
  { kind: "flag", path: "desktopHide", label: "Hidden on wide screens", otherwise: false },
];
