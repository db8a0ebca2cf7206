import type { CSSProperties, ReactNode } from "react";
import { text } from "../../../api/shapes";
import { Notice } from "../../../ui/Notice";
import type { Division, GridLook } from "../stored/look";
import type { DashboardView, Layout } from "../stored/model";
import { asCssUrl, pictureOf } from "./images";
import { useStyleSheet } from "./useStyleSheet";
import { useTitleInk } from "./useTitleInk";

const SCOPE = "[data-board]";

interface AreaProps {
  view: DashboardView;
  /** The title of the dashboard, where it is shown on the area itself. */
  title: string | undefined;
  /** Beside the title: what is in reach in full screen. */
  tools?: ReactNode;
  children: (layout: Layout, edged: boolean) => ReactNode;
}

/** The ground that widgets stand on: colour, picture and style sheet as stored; the theme's where nothing is. */
export function BoardArea({ view, title, tools, children }: AreaProps) {
  const { look, layouts, division } = view;
  useStyleSheet(look.css, SCOPE, "board");
  // Without an outer margin the widgets reach the edges of the page.
  const flush = layouts.every((one) => !one.look.outerMargin);
  const styled =
    look.css.trim() !== "" ||
    layouts.some((one) => one.widgets.some((widget) => text(widget.config.widgetCss).trim() !== ""));
  const foreign = layouts.some((one) => pictureOf(one.look.backgroundImage) === "foreign");
  return (
    // The frame, which no stored rule can name, keeps what those rules do inside.
    <div className={`board-frame ${styled ? "board-styled" : ""} ${flush ? "board-flush" : ""}`}>
      <div data-board className="board">
        {foreign && (
          <Notice tone="info" title="The background picture is not shown: it is on another server.">
            Pictures come with the dashboard, as data:image/…, or from this server; no other hears of who
            looks.
          </Notice>
        )}
        <BoardHead view={view} title={title} tools={tools} />
        <div
          className={layouts.length > 1 ? "layouts" : undefined}
          style={columnsFor(division, layouts.length)}
        >
          {layouts.map((layout) => {
            const edged = bleeds(layout.look);
            return (
              <div
                key={layout.name}
                className={`ground ${edged ? "ground-own" : ""} ${layout.look.narrowFirst ? "ground-first" : ""}`}
                style={groundOf(layout.look)}
                role={layouts.length > 1 ? "group" : undefined}
                aria-label={
                  layouts.length > 1 ? (layout.name === "main" ? "Main layout" : "Right layout") : undefined
                }
              >
                {children(layout, edged)}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function BoardHead({ view, title, tools }: Pick<AreaProps, "view" | "title" | "tools">) {
  const { look } = view;
  const ink = useTitleInk(look);
  const logo = pictureOf(look.logo);
  const shown = logo !== undefined && logo !== "foreign" ? logo.url : undefined;
  if (!shown && title === undefined && tools === undefined) return null;
  return (
    <header className="board-head">
      <div className="board-name">
        {shown && <img src={shown} alt="" className="board-logo" />}
        {title !== undefined && (
          <p className="board-title" style={{ color: ink }}>
            {title}
          </p>
        )}
      </div>
      {tools && <div className="page-actions">{tools}</div>}
    </header>
  );
}

/** Whether a layout has a ground of its own, up to its edges. */
function bleeds(look: GridLook): boolean {
  return look.backgroundColor !== "" || typeof pictureOf(look.backgroundImage) === "object";
}

function groundOf(look: GridLook): CSSProperties | undefined {
  if (!bleeds(look)) return undefined;
  const picture = pictureOf(look.backgroundImage);
  return {
    backgroundColor: look.backgroundColor || undefined,
    ...(typeof picture === "object"
      ? {
          backgroundImage: asCssUrl(picture.url),
          backgroundSize: look.backgroundSize,
          backgroundRepeat: "no-repeat",
        }
      : {}),
  };
}

function columnsFor(division: Division, count: number): CSSProperties | undefined {
  if (count < 2 || division.kind === "even") return undefined;
  const [main, right] =
    division.kind === "percent"
      ? [`${division.main}fr`, `${100 - division.main}fr`]
      : division.layout === "main"
        ? [`${division.width}px`, "1fr"]
        : ["1fr", `${division.width}px`];
  return { "--layout-columns": `minmax(0, ${main}) minmax(0, ${right})` } as CSSProperties;
}
