import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { ConverterType, ScriptLang } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { ScriptEditor } from "../../editor/ScriptEditor";
import { PageHead } from "../../layouts/PageHead";
import { Button, LinkButton } from "../../ui/Button";
import { Select, TextField } from "../../ui/Field";
import { Problem } from "../../ui/Notice";
import { done } from "../../ui/Toast";
import { configured } from "./model";
import { saveConverter } from "./requests";
import { LANGUAGES, template } from "./templates";
import { TestConverter } from "./TestConverter";
import { usualCase } from "./cases";

const TYPES = [
  { id: "UPLINK", label: "Uplink", description: "Reads what devices send" },
  { id: "DOWNLINK", label: "Downlink", description: "Writes what devices are sent" },
] as const;

export function NewConverterPage() {
  useNamedPage("Add converter");
  const [name, setName] = useState("");
  const [type, setType] = useState<ConverterType>("UPLINK");
  const [lang, setLang] = useState<ScriptLang>("TBEL");
  const [written, setWritten] = useState<string>();
  const [testing, setTesting] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const queries = useQueryClient();
  const navigate = useNavigate();
  // A script that nobody changed follows type and language.
  const script = written ?? template(type, lang);

  const add = async () => {
    setProblem(undefined);
    try {
      const saved = await saveConverter({
        name: name.trim(),
        type,
        configuration: configured({}, type, lang, script),
        debugSettings: { failuresEnabled: true, allEnabled: true },
      });
      await queries.invalidateQueries({ queryKey: ["converters"] });
      done(`${saved.name} added`);
      await navigate({ to: "/converters/$id", params: { id: saved.id?.id ?? "" } });
    } catch (error) {
      setProblem(error);
    }
  };

  return (
    <>
      <PageHead title="Add converter" />
      <section className="sheet sheet-pad stack" aria-label="Converter">
        {problem !== undefined && <Problem error={problem} />}
        <div className="columns">
          <TextField label="Name" value={name} onChange={setName} isRequired autoFocus />
          <Select label="Type" choices={TYPES} value={type} onChange={setType} />
          <Select label="Language" choices={LANGUAGES} value={lang} onChange={setLang} />
        </div>
        <ScriptEditor label="Script" value={script} onChange={setWritten} lang={lang} kind={type} />
        <div className="form-actions">
          <Button look="primary" isDisabled={!name.trim()} onPress={() => void add()}>
            Add
          </Button>
          <Button onPress={() => setTesting(true)}>Test</Button>
          <LinkButton href="/converters" look="quiet">
            Cancel
          </LinkButton>
        </div>
      </section>
      {testing && (
        <TestConverter
          type={type}
          lang={lang}
          script={script}
          onScript={setWritten}
          start={usualCase(type)}
          onClose={() => setTesting(false)}
        />
      )}
    </>
  );
}
