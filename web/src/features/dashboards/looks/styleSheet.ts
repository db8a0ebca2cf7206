/**
 * The style sheet of a dashboard or a widget, as far as it is harmless: the browser parses it in a sheet
 * that belongs to no page, where nothing is loaded, and only rules that are listed here are built again,
 * each kept to the elements of the dashboard. Nothing of it can load from another server, cover the
 * application or restyle it.
 */
import { within } from "./selectors";

const LONGEST = 100_000;
const MOST_RULES = 2_000;

/** The text of a sheet that may be used; empty for nothing. */
export function harmless(css: string, scope: string, prefix: string): string {
  if (css.trim() === "") return "";
  const parsed = new CSSStyleSheet();
  try {
    // An `@import` is dropped already here.
    parsed.replaceSync(css.slice(0, LONGEST));
  } catch {
    return "";
  }
  const names = new Map<string, string>();
  for (const rule of parsed.cssRules)
    if (rule instanceof CSSKeyframesRule) names.set(rule.name, `${prefix}-${names.size}`);
  return rulesOf(parsed.cssRules, scope, names, 0);
}

function rulesOf(
  rules: CSSRuleList,
  scope: string,
  names: ReadonlyMap<string, string>,
  depth: number,
): string {
  const out: string[] = [];
  for (const rule of [...rules].slice(0, MOST_RULES)) {
    if (rule instanceof CSSStyleRule) {
      const said = declarations(rule.style, names);
      if (said) out.push(`${within(scope, rule.selectorText)} { ${said} }`);
    } else if (rule instanceof CSSMediaRule && depth < 3) {
      out.push(`@media ${rule.conditionText} { ${rulesOf(rule.cssRules, scope, names, depth + 1)} }`);
    } else if (rule instanceof CSSKeyframesRule && depth === 0) {
      const steps = [...rule.cssRules].flatMap((one) =>
        one instanceof CSSKeyframeRule ? [`${one.keyText} { ${declarations(one.style, names)} }`] : [],
      );
      out.push(`@keyframes ${names.get(rule.name) ?? "none"} { ${steps.join(" ")} }`);
    }
  }
  return out.join("\n");
}

/** Their parts are not told where their text has `var(…)`. */
const WHOLE = `background border border-top border-right border-bottom border-left border-color border-radius
  border-style border-width flex font gap grid-area inset margin outline overflow padding text-decoration
  transition`.split(/\s+/);

function declarations(style: CSSStyleDeclaration, names: ReadonlyMap<string, string>): string {
  const whole = WHOLE.filter((one) => style.getPropertyValue(one).includes("var("));
  return [...whole, ...style]
    .flatMap((property) => {
      const value = style.getPropertyValue(property);
      if (!allowed(property, value)) return [];
      const said = property === "animation-name" ? renamed(value, names) : value;
      return [`${property}: ${said}${style.getPropertyPriority(property) ? " !important" : ""};`];
    })
    .join(" ");
}

/** Declarations with these could load something or leave their place. */
function allowed(property: string, value: string): boolean {
  if (value === "" || /expression\s*\(|javascript:/i.test(value)) return false;
  if (/^(-moz-binding|behavior)$/i.test(property)) return false;
  if (property === "position" && !/^(static|relative|absolute|sticky)$/.test(value)) return false;
  // What is read of a custom property is not normalised: no escapes, so that nothing hides in them.
  if (property.startsWith("--") && /\\|url|image|src\s*\(/i.test(value)) return false;
  const loads = value.match(/\b(?:url|src|image-set|image|cross-fade)\s*\([^)]*\)?/gi) ?? [];
  return loads.every((one) => /^url\(\s*["']?(?:data:image\/|\/(?![/\\])|#)/i.test(one));
}

function renamed(value: string, names: ReadonlyMap<string, string>): string {
  return value
    .split(",")
    .map((one) => names.get(one.trim()) ?? one.trim())
    .join(", ");
}
