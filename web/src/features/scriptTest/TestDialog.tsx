import { useQuery } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { useState } from "react";
import type { ScriptLang, TestOutcome } from "../../api/types";
import { CodeEditor } from "../../editor/CodeEditor";
import { ScriptEditor, type ScriptUse } from "../../editor/ScriptEditor";
import { type PayloadForm, pretty } from "../../format/payload";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Select, TextField } from "../../ui/Field";
import { KeyValues } from "../../ui/KeyValues";
import { Notice, Problem } from "../../ui/Notice";
import type { Captured, TestCase } from "./testCase";
import "./scriptTest.css";

const FORMS = [
  { id: "JSON", label: "JSON" },
  { id: "TEXT", label: "Text" },
  { id: "HEX", label: "Hexadecimal" },
  { id: "BASE64", label: "Base64" },
] as const;

interface TestProps {
  title: string;
  use: ScriptUse;
  lang: ScriptLang;
  script: string;
  /** Takes the script over into the page; it is saved there. */
  onScript: (script: string) => void;
  start: TestCase;
  /** Messages that went through, newest first. */
  captured?: { key: readonly string[]; load: () => Promise<Captured[]> };
  run: (script: string, test: TestCase) => Promise<TestOutcome>;
  /** What a result that the script made would be refused for. */
  faultOf?: (output: string) => string | undefined;
  onClose: () => void;
}

/** Runs a script on a message without storing anything. */
export function TestDialog({
  title,
  use,
  lang,
  script,
  onScript,
  start,
  captured,
  run,
  faultOf,
  onClose,
}: TestProps) {
  const [draft, setDraft] = useState(script);
  const [test, setTest] = useState(start);
  const [outcome, setOutcome] = useState<TestOutcome>();
  const [problem, setProblem] = useState<unknown>();
  const [pending, setPending] = useState(false);
  const set = (part: Partial<TestCase>) => setTest({ ...test, ...part });
  const fault = outcome && !outcome.error ? faultOf?.(outcome.output) : undefined;
  const uplink = use === "UPLINK";

  const runNow = async () => {
    setPending(true);
    setProblem(undefined);
    try {
      setOutcome(await run(draft, test));
    } catch (error) {
      setOutcome(undefined);
      setProblem(error);
    } finally {
      setPending(false);
    }
  };

  return (
    <Dialog
      title={title}
      isOpen
      wide
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Close</Button>
          {draft !== script && (
            <Button
              onPress={() => {
                onScript(draft);
                onClose();
              }}
            >
              Use this script
            </Button>
          )}
          <Button
            look="primary"
            icon={<Play aria-hidden />}
            isPending={pending}
            onPress={() => void runNow()}
          >
            Test
          </Button>
        </>
      }
    >
      <div className="test-panes">
        <section aria-label={uplink ? "Payload" : "Message"} className="stack">
          {captured && <CapturedSelect captured={captured} onPick={setTest} />}
          <div className="test-head">
            <h3>{uplink ? "Payload" : "Message"}</h3>
            {uplink && (
              <div className="test-form">
                <Select<PayloadForm>
                  bare
                  label="Form of the payload"
                  choices={FORMS}
                  value={test.form}
                  onChange={(form) => set({ form })}
                />
              </div>
            )}
          </div>
          {test.form === "JSON" || !uplink ? (
            <CodeEditor
              label={uplink ? "Payload" : "Message"}
              value={test.content}
              onChange={(content) => set({ content })}
              kind="json"
              minLines={6}
            />
          ) : (
            <TextField
              label="Payload"
              value={test.content}
              onChange={(content) => set({ content })}
              multiline={6}
              mono
            />
          )}
          {!uplink && (
            <TextField
              label="Message type"
              value={test.msgType}
              onChange={(msgType) => set({ msgType })}
              mono
            />
          )}
          <KeyValues
            label="Metadata"
            noun="metadata"
            pairs={test.metadata}
            onChange={(metadata) => set({ metadata })}
          />
          {use === "DOWNLINK" && (
            <KeyValues
              label="Integration metadata"
              noun="integration metadata"
              pairs={test.integrationMetadata}
              onChange={(integrationMetadata) => set({ integrationMetadata })}
            />
          )}
        </section>
        <section aria-label="Script and output" className="stack">
          <h3>Script</h3>
          <ScriptEditor
            label="Script under test"
            value={draft}
            onChange={setDraft}
            lang={lang}
            kind={use}
            minLines={10}
          />
          <h3>Output</h3>
          <div role="status" aria-label="Output" className="stack">
            {problem !== undefined && <Problem error={problem} />}
            {outcome?.error && <Notice tone="bad" title={outcome.error} />}
            {fault && <Notice tone="warn" title={fault} />}
            {outcome && !outcome.error && (
              <pre className="code-block" tabIndex={0}>
                {pretty(outcome.output)}
              </pre>
            )}
            {!outcome && problem === undefined && (
              <p className="soft">Press Test to see what the script makes of it.</p>
            )}
          </div>
        </section>
      </div>
    </Dialog>
  );
}

interface CapturedProps {
  captured: { key: readonly string[]; load: () => Promise<Captured[]> };
  onPick: (test: TestCase) => void;
}

/** Messages that went through, to test on; nothing when none was recorded. */
function CapturedSelect({ captured, onPick }: CapturedProps) {
  const [picked, setPicked] = useState<string>();
  const found = useQuery({ queryKey: ["captured", ...captured.key], queryFn: captured.load });
  if (!found.data || found.data.length === 0) return null;
  return (
    <div className="test-captured">
      <Select
        label="Captured messages"
        placeholder="Fill in a captured message"
        choices={found.data}
        value={picked}
        onChange={(id) => {
          const one = found.data.find((row) => row.id === id);
          setPicked(id);
          if (one) onPick(one.test);
        }}
      />
    </div>
  );
}
