/** How a dashboard and each of its layouts want to look: what is stored, with what holds where nothing is. */
import { type Members, flag, isMembers, members, number, text } from "../../../api/shapes";

/** How the widgets of a layout stand, and on what. */
export interface GridLook {
  columns: number;
  /** Between widgets (px). */
  margin: number;
  /** Whether the margin is around all of them too. */
  outerMargin: boolean;
  /** As stored; empty for the theme's. */
  backgroundColor: string;
  /** As stored, wherever it leads. */
  backgroundImage: string;
  backgroundSize: string;
  /** The widgets share the height of the window, instead of being as tall as they are wide. */
  fill: boolean;
  narrowFill: boolean;
  /** Before the other layout where they stand one under the other. */
  narrowFirst: boolean;
  /** Height of a row in a single column (px), on narrow screens and where `list` asks for one. */
  narrowRow: number;
  listRow: number;
  /** A single column on every screen. */
  list: boolean;
}

/** How two layouts share the width. */
export type Division =
  | { kind: "even" }
  | { kind: "percent"; main: number }
  | { kind: "fixed"; layout: "main" | "right"; width: number };

/** What is shown around the widgets. */
export interface BoardLook {
  showTitle: boolean;
  /** As stored; empty for the theme's. */
  titleColor: string;
  /** As stored; empty for none. */
  logo: string;
  hideToolbar: boolean;
  /** Whether the toolbar is open before anybody asks for it. */
  toolbarOpen: boolean;
  showTimewindow: boolean;
  showFilters: boolean;
  showEntities: boolean;
  showExport: boolean;
  css: string;
}

/** What every new dashboard has in the original product; here it follows the theme. */
const USUAL_GROUND = ["#eeeeee", "#eee", "rgb(238,238,238)"];
const USUAL_TITLE = ["rgba(0,0,0,0.870588)", "rgba(0,0,0,0.87)"];
export const NARROW_ROW = 70;

export function readGrid(raw: unknown): GridLook {
  const grid = members(raw);
  const columns = number(grid.columns, 24);
  return {
    columns: columns >= 1 ? Math.min(Math.round(columns), 1_000) : 24,
    margin: between(number(grid.margin, 10), 0, 100),
    outerMargin: flag(grid.outerMargin, true),
    backgroundColor: unless(USUAL_GROUND, text(grid.backgroundColor)),
    backgroundImage: text(grid.backgroundImageUrl).trim(),
    backgroundSize: text(grid.backgroundSizeMode).trim() || "100%",
    fill: flag(grid.autoFillHeight, false),
    narrowFill: flag(grid.mobileAutoFillHeight, false),
    narrowFirst: flag(grid.mobileDisplayLayoutFirst, false),
    narrowRow: between(number(grid.mobileRowHeight, NARROW_ROW), 5, 200),
    listRow: between(number(grid.rowHeight, NARROW_ROW), 5, 200),
    list: grid.viewFormat === "list",
  };
}

export function readDivision(grid: unknown): Division {
  const { layoutDimension } = members(grid);
  const { type, leftWidthPercentage, fixedWidth, fixedLayout } = members(layoutDimension);
  if (type === "percentage")
    return { kind: "percent", main: between(number(leftWidthPercentage, 50), 5, 95) };
  if (type === "fixed")
    return {
      kind: "fixed",
      layout: fixedLayout === "right" ? "right" : "main",
      width: between(number(fixedWidth, 150), 50, 2_000),
    };
  return { kind: "even" };
}

export function readBoardLook(raw: unknown): BoardLook {
  const settings = members(raw);
  return {
    showTitle: flag(settings.showTitle, false),
    titleColor: unless(USUAL_TITLE, text(settings.titleColor)),
    logo: flag(settings.showDashboardLogo, false) ? text(settings.dashboardLogoUrl).trim() : "",
    hideToolbar: flag(settings.hideToolbar, false),
    toolbarOpen: flag(settings.toolbarAlwaysOpen, true),
    showTimewindow: flag(settings.showDashboardTimewindow, true),
    showFilters: flag(settings.showFilters, true),
    showEntities: flag(settings.showEntitiesSelect, true),
    showExport: flag(settings.showDashboardExport, true),
    css: text(settings.dashboardCss),
  };
}

/** Widths of the window (px) that may have layouts of their own. */
export const BREAKPOINTS = [
  { id: "xs", label: "Phones (below 600 px)", from: 0, to: 599 },
  { id: "sm", label: "Tablets (600 to 959 px)", from: 600, to: 959 },
  { id: "md", label: "Small windows (960 to 1279 px)", from: 960, to: 1_279 },
  { id: "lg", label: "Large windows (1280 to 1919 px)", from: 1_280, to: 1_919 },
  { id: "xl", label: "Very large windows (from 1920 px)", from: 1_920, to: 3_840 },
] as const;

export type Breakpoint = (typeof BREAKPOINTS)[number]["id"];

export function breakpointAt(width: number): Breakpoint {
  return BREAKPOINTS.findLast((one) => width >= one.from)?.id ?? "xs";
}

/** The layout for a width, or the one for all widths. */
export function layoutAt(layout: Members, wanted: Breakpoint | undefined): [Members, Breakpoint | undefined] {
  const own = wanted && members(layout.breakpoints)[wanted];
  return isMembers(own) ? [own, wanted] : [layout, undefined];
}

function between(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

function unless(usual: readonly string[], value: string): string {
  return usual.includes(value.replace(/\s/g, "").toLowerCase()) ? "" : value.trim();
}
