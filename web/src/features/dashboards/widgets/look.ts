/**
 * How a widget's own settings make it look, as far as it stays readable: what every new widget of the
 * original product has (white, almost black) follows the theme, everything else is as stored.
 */
import type { CSSProperties } from "react";
import { type Members, members, number, text } from "../../../api/shapes";
import { type Rgb, contrast, readColour } from "../looks/colours";
import type { Widget } from "../stored/model";
import { type Style, safeStyle } from "./cards/style";

export interface WidgetLook {
  ground: CSSProperties | undefined;
  /** Everything inside takes the colours of the theme that can be read on a ground of its own. */
  scheme: "light" | "dark" | undefined;
  title: Style | undefined;
  /** Name of the icon before the title. */
  icon: string | undefined;
  iconStyle: Style | undefined;
  tooltip: string;
}

const WHITE: Rgb = { r: 255, g: 255, b: 255, a: 1 };
const BLACK: Rgb = { r: 0, g: 0, b: 0, a: 1 };
/** Contrast of large text, which titles and values are. */
const READABLE = 3;

export function lookOf({ config, settings }: Widget): WidgetLook {
  const ground = groundOf(config, settings);
  const style = members(config.titleStyle);
  const title = {
    ...safeStyle(onlyOwn(style)),
    ...fontOf(members(config.titleFont), 16),
    ...inkOf(config.titleColor, ground),
  };
  const icon = config.showTitleIcon === true ? text(config.titleIcon) : "";
  const size = safeStyle({ width: config.iconSize, height: config.iconSize });
  return {
    ground: groundStyle(config, ground),
    scheme: schemeOf(ground),
    title: Object.keys(title).length > 0 ? title : undefined,
    icon: icon || undefined,
    iconStyle: {
      ...(size && number(parseInt(text(config.iconSize)), 0) > 4 ? size : {}),
      ...inkOf(config.iconColor, ground),
    },
    tooltip: text(config.titleTooltip),
  };
}

/** The ground of a widget when it is its own: neither white nor clear. */
function groundOf(config: Members, settings: Members): string | undefined {
  const background = members(settings.background);
  const inner = background.type === "color" ? text(background.color) : "";
  const said = [inner, text(config.backgroundColor)].find((one) => (readColour(one)?.a ?? 0) >= 0.9);
  const read = said === undefined ? undefined : readColour(said);
  return read && contrast(read, WHITE) > 1.04 ? said : undefined;
}

function schemeOf(ground: string | undefined): "light" | "dark" | undefined {
  const read = ground === undefined ? undefined : readColour(ground);
  if (!read) return undefined;
  return contrast(read, WHITE) > contrast(read, BLACK) ? "dark" : "light";
}

function groundStyle(config: Members, ground: string | undefined): CSSProperties | undefined {
  const out: Record<string, string> = {};
  if (ground !== undefined) {
    out.background = ground;
    Object.assign(out, safeStyle({ borderRadius: config.borderRadius }));
  }
  const ink = inkOf(config.color, ground);
  if (ink) Object.assign(out, { color: ink.color, "--ink": ink.color });
  return Object.keys(out).length > 0 ? (out as CSSProperties) : undefined;
}

/** A colour of text, when it is one of its own and can be read: on the widget's ground, or on both themes'. */
export function inkOf(raw: unknown, ground: string | undefined): { color: string } | undefined {
  const said = text(raw);
  const ink = readColour(said);
  // Almost black is what everything has.
  if (!ink || ink.a < 0.5 || (ink.r + ink.g + ink.b) / 3 < 24) return undefined;
  const grounds =
    ground === undefined ? [WHITE, { r: 23, g: 29, b: 32, a: 1 }] : [readColour(ground) ?? WHITE];
  return grounds.every((one) => contrast(ink, one) >= READABLE) ? { color: said } : undefined;
}

/** Declarations that are not what every title has. */
function onlyOwn(style: Members): Members {
  const { fontSize, fontWeight, padding, ...rest } = style;
  void padding;
  return {
    ...rest,
    ...(fontSize === "16px" ? {} : { fontSize }),
    ...(Number(fontWeight) === 400 ? {} : { fontWeight }),
  };
}

/** A font as settings have it; its family is the page's own. `usual` is the size that says nothing. */
export function fontOf(raw: Members, usual?: number): Style {
  const size = number(raw.size, 0);
  const unit = ["px", "em", "rem", "%", "vh", "vw", "pt"].find((one) => one === raw.sizeUnit) ?? "px";
  return (
    safeStyle({
      fontSize: size > 0 && size <= 200 && size !== usual ? `${size}${unit}` : undefined,
      fontWeight: raw.weight === "500" ? undefined : raw.weight,
      fontStyle: raw.style === "normal" ? undefined : raw.style,
    }) ?? {}
  );
}
