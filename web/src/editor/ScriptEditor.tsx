import type { EditorView } from "@codemirror/view";
import { WandSparkles } from "lucide-react";
import { useMemo, useState } from "react";
import type { ScriptLang } from "../api/types";
import { Button } from "../ui/Button";
import { Status } from "../ui/Status";
import type { Finding } from "./analysis";
import { assistance } from "./assistance";
import { CodeEditor } from "./CodeEditor";
import { formatScript } from "./format";

/** What a script is for decides what it is given. */
export type ScriptUse = "UPLINK" | "DOWNLINK" | "RULE" | "GENERATOR";

const ARGUMENTS: Record<ScriptUse, readonly string[]> = {
  UPLINK: ["payload", "metadata"],
  DOWNLINK: ["msg", "metadata", "msgType", "integrationMetadata"],
  RULE: ["msg", "metadata", "msgType"],
  GENERATOR: ["prevMsg", "prevMetadata", "prevMsgType"],
};

interface ScriptEditorProps {
  label: string;
  value: string;
  onChange?: (script: string) => void;
  lang: ScriptLang;
  kind: ScriptUse;
  minLines?: number;
}

/** An editor for a script, with what the server finds in it listed below. */
export function ScriptEditor({ label, value, onChange, lang, kind, minLines = 14 }: ScriptEditorProps) {
  const [findings, setFindings] = useState<Finding[]>([]);
  const [view, setView] = useState<EditorView>();
  const extension = useMemo(
    () => assistance({ lang, arguments: ARGUMENTS[kind] }, setFindings),
    [lang, kind],
  );
  return (
    <div>
      <CodeEditor
        label={label}
        value={value}
        onChange={onChange}
        kind="script"
        extension={extension}
        minLines={minLines}
        onView={setView}
      />
      {onChange && view && (
        <div className="editor-tools">
          <Button look="quiet" icon={<WandSparkles aria-hidden />} onPress={() => formatScript(view)}>
            Format
          </Button>
        </div>
      )}
      {findings.length > 0 && (
        <ul className="findings" aria-label="Findings" aria-live="polite">
          {findings.map((one) => (
            <li key={`${one.range.line}:${one.range.column}:${one.message}`} className="finding">
              <Status tone={one.severity === "error" ? "bad" : "warn"} plain>
                {one.severity === "error" ? "Error" : "Warning"}
              </Status>
              <span className="finding-place">
                line {one.range.line}, column {one.range.column}
              </span>
              <span>
                {one.message}
                {one.hint && <span className="soft"> – {one.hint}</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
