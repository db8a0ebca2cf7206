import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, foldGutter, indentOnInput, indentUnit } from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
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
import { languageOf } from "./language";
import "./editor.css";

interface CodeEditorProps {
  label: string;
  value: string;
  onChange?: (value: string) => void;
  kind: "script" | "json";
  /** More than an editor of plain text has; may change. */
  extension?: Extension;
  minLines?: number;
  /** Told of the editor itself, for what acts on it from outside. */
  onView?: (view: EditorView | undefined) => void;
}

const NOTHING: Extension = [];

/** A text editor for scripts and JSON. Escape, then Tab, leaves it by keyboard. */
export function CodeEditor({
  onView,
  label,
  value,
  onChange,
  kind,
  extension = NOTHING,
  minLines = 8,
}: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const changing = useRef(new Compartment());
  const change = useRef(onChange);
  change.current = onChange;

  useEffect(() => {
    if (!host.current) return;
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          basics(),
          changing.current.of([languageOf(kind), extension]),
          EditorView.contentAttributes.of({ "aria-label": label }),
          EditorState.readOnly.of(!change.current),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) change.current?.(update.state.doc.toString());
          }),
          EditorView.theme({ ".cm-content, .cm-gutter": { minHeight: `${minLines * 20 + 8}px` } }),
          EditorView.cspNonce.of(nonce()),
        ],
      }),
    });
    view.current = made;
    onView?.(made);
    return () => {
      made.destroy();
      onView?.(undefined);
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
    view.current?.dispatch({ effects: changing.current.reconfigure([languageOf(kind), extension]) });
  }, [kind, extension]);

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
