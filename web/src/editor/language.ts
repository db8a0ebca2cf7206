/** Highlighting and completion. TBEL is close enough to JavaScript to share its grammar. */
import { type CompletionContext, type CompletionResult, autocompletion } from "@codemirror/autocomplete";
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

export type EditorKind = "UPLINK" | "DOWNLINK" | "RULE" | "JSON";

interface Offered {
  label: string;
  detail: string;
}

const HELPERS: Offered[] = [
  { label: "decodeToString", detail: "(bytes) → text" },
  { label: "decodeToJson", detail: "(bytes) → object" },
  { label: "toFlatMap", detail: "(object) → flat map" },
  { label: "parseInt", detail: "(text, radix) → number" },
  { label: "parseFloat", detail: "(text) → number" },
  { label: "btoa", detail: "(text) → base64" },
  { label: "atob", detail: "(base64) → text" },
];

const ARGUMENTS: Record<EditorKind, Offered[]> = {
  UPLINK: [
    { label: "payload", detail: "bytes of the message" },
    { label: "metadata", detail: "topic, integrationName, …" },
  ],
  DOWNLINK: [
    { label: "msg", detail: "the message" },
    { label: "metadata", detail: "deviceName, deviceType, …" },
    { label: "msgType", detail: "type of the message" },
    { label: "integrationMetadata", detail: "metadata of the integration" },
  ],
  RULE: [
    { label: "msg", detail: "the message" },
    { label: "metadata", detail: "its metadata" },
    { label: "msgType", detail: "its type" },
  ],
  JSON: [],
};

const MEMBERS: Record<string, string[]> = {
  metadata: ["topic", "integrationName", "deviceName", "deviceType", "qos", "retain"],
  JSON: ["parse", "stringify"],
};

function complete(kind: EditorKind) {
  return (context: CompletionContext): CompletionResult | null => {
    const member = context.matchBefore(/(\w+)\.(\w*)/);
    if (member) {
      const [owner = "", part = ""] = member.text.split(".");
      const options = (MEMBERS[owner] ?? []).map((label) => ({ label, type: "property" }));
      return options.length > 0 ? { from: context.pos - part.length, options } : null;
    }
    const word = context.matchBefore(/\w+/);
    if (!word && !context.explicit) return null;
    const options = [
      ...ARGUMENTS[kind].map((one) => ({ ...one, type: "variable" })),
      ...HELPERS.map((one) => ({ ...one, type: "function" })),
    ];
    return { from: word?.from ?? context.pos, options };
  };
}

export function languageOf(kind: EditorKind): Extension {
  if (kind === "JSON") return [json(), syntaxHighlighting(style)];
  return [javascript(), syntaxHighlighting(style), autocompletion({ override: [complete(kind)] })];
}
