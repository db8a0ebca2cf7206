/** Faults, completions and explanations in the editor, as the server tells them. */
import { type CompletionContext, type CompletionResult, autocompletion } from "@codemirror/autocomplete";
import { type Diagnostic, linter } from "@codemirror/lint";
import type { EditorState, Extension, Text } from "@codemirror/state";
import { type Tooltip, hoverTooltip } from "@codemirror/view";
import { type Analysis, type Cursor, type Finding, type Range, type ScriptKind, analyze } from "./analysis";

const PAUSE_MS = 400;

/** A place in the text; places outside are moved to its end. */
export function offsetOf(doc: Text, line: number, column: number): number {
  const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return Math.min(found.from + Math.max(column - 1, 0), found.to);
}

export function cursorOf(doc: Text, offset: number): Cursor {
  const line = doc.lineAt(offset);
  return { line: line.number, column: offset - line.from + 1 };
}

function spanOf(state: EditorState, range: Range): { from: number; to: number } {
  const from = offsetOf(state.doc, range.line, range.column);
  const to = offsetOf(state.doc, range.endLine, range.endColumn);
  return { from, to: to > from ? to : (state.wordAt(from)?.to ?? from) };
}

/** Writing goes on without the server's opinion; saving will say what is wrong. */
async function quietly(kind: ScriptKind, script: string, cursor?: Cursor): Promise<Analysis | undefined> {
  try {
    return await analyze(kind, script, cursor);
  } catch {
    return undefined;
  }
}

const ICONS: Record<string, string> = {
  FIELD: "property",
  PROPERTY: "property",
  ARGUMENT: "variable",
  VARIABLE: "variable",
  FUNCTION: "function",
  METHOD: "method",
  CONSTANT: "constant",
  CLASS: "class",
  KEYWORD: "keyword",
};

async function complete(kind: ScriptKind, context: CompletionContext): Promise<CompletionResult | null> {
  const word = context.matchBefore(/[\w.]+/);
  if (!word && !context.explicit) return null;
  const { doc } = context.state;
  const found = await quietly(kind, doc.toString(), cursorOf(doc, context.pos));
  if (!found || found.completions.length === 0 || context.aborted) return null;
  return {
    from: offsetOf(doc, found.replaces.line, found.replaces.column),
    options: found.completions.map((one) => ({
      label: one.label,
      type: ICONS[one.kind],
      detail: one.detail.split("\n")[0],
      info: one.doc || undefined,
    })),
    validFor: /^\w*$/,
  };
}

async function explain(kind: ScriptKind, state: EditorState, pos: number): Promise<Tooltip | null> {
  const found = await quietly(kind, state.doc.toString(), cursorOf(state.doc, pos));
  const hover = found?.hover;
  if (!hover) return null;
  const { from, to } = spanOf(state, hover.range);
  return {
    pos: from,
    end: to,
    create: () => {
      const dom = document.createElement("div");
      dom.className = "script-hover";
      const title = dom.appendChild(document.createElement("pre"));
      title.textContent = hover.title;
      if (hover.text) dom.appendChild(document.createElement("p")).textContent = hover.text;
      if (hover.example) dom.appendChild(document.createElement("pre")).textContent = hover.example;
      return { dom };
    },
  };
}

export function assistance(kind: ScriptKind, onFindings: (findings: Finding[]) => void): Extension {
  return [
    linter(
      async (view): Promise<Diagnostic[]> => {
        const found = await quietly(kind, view.state.doc.toString());
        const findings = found?.findings ?? [];
        onFindings(findings);
        return findings.map((one) => ({
          ...spanOf(view.state, one.range),
          severity: one.severity,
          message: one.hint ? `${one.message}: ${one.hint}` : one.message,
        }));
      },
      { delay: PAUSE_MS },
    ),
    autocompletion({ override: [(context) => complete(kind, context)] }),
    hoverTooltip((view, pos) => explain(kind, view.state, pos)),
  ];
}
