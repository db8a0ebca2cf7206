/** Highlighting. TBEL is close enough to JavaScript to share its grammar; what it means, the server says. */
import { javascript } from "@codemirror/lang-javascript";
import { json } from "@codemirror/lang-json";
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { tags } from "@lezer/highlight";

const style = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "var(--code-key)" },
  { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: "var(--code-text)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  {
    tag: [tags.function(tags.variableName), tags.propertyName, tags.definition(tags.propertyName)],
    color: "var(--code-name)",
  },
  { tag: [tags.comment], color: "var(--code-note)", fontStyle: "italic" },
]);

export function languageOf(kind: "script" | "json"): Extension {
  return [kind === "json" ? json() : javascript(), syntaxHighlighting(style)];
}
