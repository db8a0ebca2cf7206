import { lazy, Suspense } from "react";
import { Radio, RadioGroup } from "react-aria-components";
import type { ConverterType, ScriptLang } from "../../../api/types";
import { Select, TextField } from "../../../ui/Field";
import { Loading } from "../../../ui/Notice";
import { LANGUAGES, template } from "../../converters/templates";
import { ConverterSelect } from "../ConverterSelect";
import { type ConverterChoice, newChoice } from "./choice";

const ScriptEditor = lazy(() =>
  import("../../../editor/ScriptEditor").then((module) => ({ default: module.ScriptEditor })),
);

interface StepProps {
  type: ConverterType;
  choice: ConverterChoice;
  onChange: (choice: ConverterChoice) => void;
}

/** Picks a converter or writes one in place. */
export function ConverterStep({ type, choice, onChange }: StepProps) {
  const word = type === "UPLINK" ? "uplink" : "downlink";
  const change = (kind: string) => {
    if (kind === "new") onChange(newChoice(type));
    else if (kind === "existing") onChange({ kind: "existing", id: "" });
    else onChange({ kind: "none" });
  };
  return (
    <>
      <RadioGroup
        aria-label={`The ${word} converter`}
        className="wizard-choice"
        value={choice.kind}
        onChange={change}
      >
        <Radio value="new" className="radio">
          <span className="radio-dot" aria-hidden />
          Create new
        </Radio>
        <Radio value="existing" className="radio">
          <span className="radio-dot" aria-hidden />
          Select existing
        </Radio>
        {type === "DOWNLINK" && (
          <Radio value="none" className="radio">
            <span className="radio-dot" aria-hidden />
            None: this integration sends no commands
          </Radio>
        )}
      </RadioGroup>
      {choice.kind === "existing" && (
        <ConverterSelect
          type={type}
          value={choice.id || undefined}
          onChange={(id) => onChange({ kind: "existing", id: id ?? "" })}
        />
      )}
      {choice.kind === "new" && (
        <>
          <div className="columns">
            <TextField
              label="Name"
              value={choice.name}
              onChange={(name) => onChange({ ...choice, name })}
              isRequired
            />
            <Select
              label="Language"
              choices={LANGUAGES}
              value={choice.lang}
              onChange={(lang) =>
                onChange({ ...choice, lang, script: scriptFor(type, choice.lang, lang, choice.script) })
              }
            />
          </div>
          <Suspense fallback={<Loading what="the editor" />}>
            <ScriptEditor
              label={`${word} script`}
              value={choice.script}
              onChange={(script) => onChange({ ...choice, script })}
              lang={choice.lang}
              kind={type}
            />
          </Suspense>
        </>
      )}
    </>
  );
}

/** A script that nobody changed follows the language; a changed one stays. */
function scriptFor(type: ConverterType, before: ScriptLang, after: ScriptLang, script: string): string {
  return script === template(type, before) ? template(type, after) : script;
}
