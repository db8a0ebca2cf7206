/** Declarations of a dashboard's own that can do no harm: nothing that loads, nothing that leaves its place. */

const PLAIN = new Set(
  `color backgroundColor background opacity
   fontSize fontWeight fontStyle fontFamily fontVariant lineHeight letterSpacing wordSpacing textAlign textDecoration
   textTransform textIndent textOverflow textShadow whiteSpace verticalAlign wordBreak overflowWrap
   border borderTop borderRight borderBottom borderLeft borderColor borderStyle borderWidth borderRadius borderCollapse
   borderSpacing boxShadow padding paddingTop paddingRight paddingBottom paddingLeft
   margin marginTop marginRight marginBottom marginLeft width height minWidth minHeight maxWidth maxHeight
   display flex flexDirection flexWrap flexGrow flexShrink flexBasis alignItems alignSelf justifyContent gap
   gridTemplateColumns gridTemplateRows gridColumn gridRow listStyle overflow`.split(/\s+/),
);

/** Numbers of these are no lengths. */
const BARE = new Set([
  "opacity",
  "fontWeight",
  "lineHeight",
  "flex",
  "flexGrow",
  "flexShrink",
  "gridColumn",
  "gridRow",
]);

export type Style = Record<string, string>;

/** What is harmless of an object of declarations, `{ fontSize: "18px" }` or `{ "font-size": "18px" }`. */
export function safeStyle(raw: unknown): Style | undefined {
  if (typeof raw !== "object" || raw === null) return undefined;
  const out: Style = {};
  for (const [name, given] of Object.entries(raw).slice(0, 50)) {
    const property = name.trim().replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const value =
      typeof given === "number"
        ? `${given}${BARE.has(property) ? "" : "px"}`
        : typeof given === "string"
          ? given
          : "";
    const clean = value.replace(/\s*!important\s*$/i, "").trim();
    if (PLAIN.has(property) && isHarmless(clean)) out[property] = clean;
  }
  return Object.keys(out).length > 0 ? out : undefined;
}

/** The same of a text of declarations: `font-size: 18px; color: red`. */
export function styleOf(raw: string | null): Style | undefined {
  if (raw === null) return undefined;
  const pairs = raw.split(";").map((part) => {
    const [name = "", value = ""] = part.split(/:(.*)/s);
    return [name.trim().toLowerCase(), value] as const;
  });
  return safeStyle(Object.fromEntries(pairs));
}

function isHarmless(value: string): boolean {
  if (!/^[\w\s#%.,()"'/+*-]{1,120}$/.test(value) || /url|expression|image|src|attr|env|var/i.test(value))
    return false;
  // A negative margin would leave its place, and a giant hide everything else of the widget.
  return !/(^|[\s(,])-\d/.test(value) && !/\d{5}/.test(value);
}
