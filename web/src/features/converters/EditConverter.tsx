import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Converter, ScriptLang } from "../../api/types";
import { ScriptEditor } from "../../editor/ScriptEditor";
import { Button } from "../../ui/Button";
import { Select, TextField } from "../../ui/Field";
import { Problem } from "../../ui/Notice";
import { done } from "../../ui/Toast";
import { configured, langOf, scriptOf } from "./model";
import { saveConverter } from "./requests";
import { LANGUAGES, template } from "./templates";

interface EditProps {
  converter: Converter;
  script: string;
  onScript: (script: string) => void;
  onSaved: () => void;
}

export function EditConverter({ converter, script, onScript, onSaved }: EditProps) {
  const type = converter.type ?? "UPLINK";
  const [name, setName] = useState(converter.name ?? "");
  const [lang, setLang] = useState<ScriptLang>(langOf(converter));
  const [problem, setProblem] = useState<unknown>();
  const queries = useQueryClient();
  const changed =
    name !== converter.name || lang !== langOf(converter) || script !== scriptOf(converter, lang);

  const changeLang = (next: ScriptLang) => {
    setLang(next);
    onScript(scriptOf(converter, next) || template(type, next));
  };
  const save = async () => {
    setProblem(undefined);
    try {
      const saved = await saveConverter({
        ...converter,
        name: name.trim(),
        configuration: configured(converter.configuration, type, lang, script),
      });
      onSaved();
      queries.setQueryData(["converters", saved.id?.id], saved);
      await queries.invalidateQueries({ queryKey: ["converters", "list"] });
      done("Changes saved: the next message uses this script");
    } catch (error) {
      setProblem(error);
    }
  };

  return (
    <section className="sheet sheet-pad stack" aria-label="Script">
      {problem !== undefined && <Problem error={problem} />}
      <div className="columns">
        <TextField label="Name" value={name} onChange={setName} isRequired />
        <Select label="Language" choices={LANGUAGES} value={lang} onChange={changeLang} />
      </div>
      <ScriptEditor label="Script" value={script} onChange={onScript} lang={lang} kind={type} minLines={20} />
      <div className="form-actions">
        <Button look="primary" isDisabled={!changed || !name.trim()} onPress={() => void save()}>
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
}
