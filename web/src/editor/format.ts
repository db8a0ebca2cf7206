/** Puts a script into shape: indented by its brackets, without spaces at the ends of lines. */
import { getIndentation, indentString } from "@codemirror/language";
import type { ChangeSpec } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";

export function formatScript(view: EditorView): void {
  // Line by line, because each line's place depends on that of the lines above it.
  for (let number = 1; number <= view.state.doc.lines; number += 1) {
    const { state } = view;
    const line = state.doc.line(number);
    const text = line.text.trim();
    const columns = text === "" ? 0 : getIndentation(state, line.from);
    if (columns === null) continue;
    const wanted = indentString(state, columns) + text;
    if (wanted === line.text) continue;
    const changes: ChangeSpec = { from: line.from, to: line.to, insert: wanted };
    view.dispatch({ changes, userEvent: "format" });
  }
}
