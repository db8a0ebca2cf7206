import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Converter, ReplaySummary, ScriptLang } from "../../api/types";
import { ScriptEditor } from "../../editor/ScriptEditor";
import { Button } from "../../ui/Button";
import { Select, TextField } from "../../ui/Field";
import { Problem } from "../../ui/Notice";
import { done } from "../../ui/Toast";
import type { TestCase } from "../scriptTest/testCase";
import { configured, langOf, scriptOf } from "./model";
import { wouldFail } from "./replay/check";
import { ReplayPanel } from "./replay/ReplayPanel";
import { SaveAnyway } from "./replay/SaveAnyway";
import { saveConverter } from "./requests";
import { LANGUAGES, template } from "./templates";

interface EditProps {
  converter: Converter;
  script: string;
  onScript: (script: string) => void;
  onSaved: () => void;
  /** Opens the test with a captured message. */
  onTest: (test: TestCase) => void;
}

export function EditConverter({ converter, script, onScript, onSaved, onTest }: EditProps) {
  const type = converter.type ?? "UPLINK";
  const [name, setName] = useState(converter.name ?? "");
  const [lang, setLang] = useState<ScriptLang>(langOf(converter));
  const [problem, setProblem] = useState<unknown>();
  const [asked, setAsked] = useState<ReplaySummary>();
  const [pending, setPending] = useState(false);
  const id = converter.id?.id ?? "";
  const queries = useQueryClient();
  const scriptChanged = lang !== langOf(converter) || script !== scriptOf(converter, lang);
  const changed = scriptChanged || name !== converter.name;
  const changeLang = (next: ScriptLang) => {
    setLang(next);
    onScript(scriptOf(converter, next) || template(type, next));
  };
  const save = async () => {
    const saved = await saveConverter({
      ...converter,
      name: name.trim(),
      configuration: configured(converter.configuration, type, lang, script),
    });
    onSaved();
    queries.setQueryData(["converters", id], saved);
    await queries.invalidateQueries({ queryKey: ["converters", "list"] });
    done("Changes saved: the next message uses this script");
  };
  const apply = async () => {
    setProblem(undefined);
    setPending(true);
    try {
      const found = type === "UPLINK" && scriptChanged ? await wouldFail(id, lang, script) : undefined;
      if (found) setAsked(found);
      else await save();
    } catch (error) {
      setProblem(error);
    } finally {
      setPending(false);
    }
  };

  const form = (
    <section className="sheet sheet-pad stack" aria-label="Script">
      {problem !== undefined && <Problem error={problem} />}
      <div className="columns">
        <TextField label="Name" value={name} onChange={setName} isRequired />
        <Select label="Language" choices={LANGUAGES} value={lang} onChange={changeLang} />
      </div>
      <ScriptEditor label="Script" value={script} onChange={onScript} lang={lang} kind={type} minLines={20} />
      <div className="form-actions">
        <Button
          look="primary"
          isPending={pending}
          isDisabled={!changed || !name.trim()}
          onPress={() => void apply()}
        >
          Apply changes
        </Button>
        {changed && (
          <span className="row soft" role="status">
            Not saved yet
          </span>
        )}
      </div>
    </section>
  );
  if (type !== "UPLINK") return form;
  return (
    <div className="with-replay">
      {form}
      <ReplayPanel converterId={id} version={converter.version} lang={lang} script={script} onTest={onTest} />
      <SaveAnyway found={asked} onClose={() => setAsked(undefined)} onSave={save} />
    </div>
  );
}
