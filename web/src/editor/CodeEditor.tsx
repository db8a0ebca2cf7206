import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, foldGutter, indentOnInput, indentUnit } from "@codemirror/language";
import { type Diagnostic, linter } from "@codemirror/lint";
import { searchKeymap, highlightSelectionMatches } from "@codemirror/search";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { useEffect, useRef } from "react";
import type { Finding } from "./analysis";
import { type EditorKind, languageOf } from "./language";
import "./editor.css";

interface CodeEditorProps {
  label: string;
  value: string;
  onChange?: (value: string) => void;
  kind: EditorKind;
  /** Looks for faults whenever typing pauses. */
  find?: (text: string) => Promise<Finding[]>;
  minLines?: number;
}

const PAUSE_MS = 400;

/** A text editor for scripts and JSON. Escape, then Tab, leaves it by keyboard. */
export function CodeEditor({ label, value, onChange, kind, find, minLines = 8 }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const language = useRef(new Compartment());
  const calls = useRef({ onChange, find });
  calls.current = { onChange, find };

  useEffect(() => {
    if (!host.current) return;
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          basics(),
          language.current.of(languageOf(kind)),
          EditorView.contentAttributes.of({ "aria-label": label }),
          EditorState.readOnly.of(!calls.current.onChange),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) calls.current.onChange?.(update.state.doc.toString());
          }),
          linter(
            async (editor) =>
              diagnosticsOf(editor.state, (await calls.current.find?.(editor.state.doc.toString())) ?? []),
            {
              delay: PAUSE_MS,
            },
          ),
          EditorView.theme({ ".cm-content, .cm-gutter": { minHeight: `${minLines * 20 + 8}px` } }),
          EditorView.cspNonce.of(nonce()),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = undefined;
    };
    // The editor owns its text: later values come in below, without a new editor.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [label, minLines]);

  useEffect(() => {
    const editor = view.current;
    if (editor && editor.state.doc.toString() !== value) {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
    }
  }, [value]);

  useEffect(() => {
    view.current?.dispatch({ effects: language.current.reconfigure(languageOf(kind)) });
  }, [kind]);

  return <div ref={host} className="code-editor" />;
}

function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
}

function basics(): Extension {
  return [
    lineNumbers(),
    foldGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    indentUnit.of("    "),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    EditorView.lineWrapping,
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
    ]),
  ];
}

/** Findings by line and column as ranges of the text; places outside are moved to its end. */
function diagnosticsOf(state: EditorState, findings: Finding[]): Diagnostic[] {
  const at = (line: number, column: number) => {
    const found = state.doc.line(Math.min(Math.max(line, 1), state.doc.lines));
    return Math.min(found.from + Math.max(column - 1, 0), found.to);
  };
  return findings.map((one) => {
    const from = at(one.line, one.column);
    const to = one.endLine ? at(one.endLine, one.endColumn ?? one.column) : (state.wordAt(from)?.to ?? from);
    return { from, to: Math.max(from, to), severity: one.severity, message: one.message };
  });
}
