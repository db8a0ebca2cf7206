import { useCallback, useState } from "react";
import type { ScriptLang } from "../api/types";
import { Status } from "../ui/Status";
import { type Finding, analyze } from "./analysis";
import { CodeEditor } from "./CodeEditor";
import type { EditorKind } from "./language";

interface ScriptEditorProps {
  label: string;
  value: string;
  onChange?: (script: string) => void;
  lang: ScriptLang;
  kind: EditorKind;
  minLines?: number;
}

const WORDS = { error: "Error", warning: "Warning", info: "Note" } as const;
const TONES = { error: "bad", warning: "warn", info: "idle" } as const;

/** An editor for a script, with what the server finds in it listed below. */
export function ScriptEditor({ label, value, onChange, lang, kind, minLines = 14 }: ScriptEditorProps) {
  const [findings, setFindings] = useState<Finding[]>([]);
  const find = useCallback(
    async (script: string) => {
      try {
        const found = await analyze(lang, kind, script);
        setFindings(found);
        return found;
      } catch {
        // Writing goes on without the server's opinion; saving will say what is wrong.
        setFindings([]);
        return [];
      }
    },
    [lang, kind],
  );
  return (
    <div>
      <CodeEditor
        label={label}
        value={value}
        onChange={onChange}
        kind={kind}
        find={find}
        minLines={minLines}
      />
      {findings.length > 0 && (
        <ul className="findings" aria-label="Findings" aria-live="polite">
          {findings.map((one) => (
            <li key={`${one.line}:${one.column}:${one.message}`} className="finding">
              <Status tone={TONES[one.severity]} plain>
                {WORDS[one.severity]}
              </Status>
              <span className="finding-place">
                line {one.line}, column {one.column}
              </span>
              <span>{one.message}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
