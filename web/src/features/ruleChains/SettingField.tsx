import { useQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { isMembers, text, texts } from "../../api/shapes";
import type { ScriptUse } from "../../editor/ScriptEditor";
import { Button } from "../../ui/Button";
import { Checkbox, NumberField, Select, TextField } from "../../ui/Field";
import { KeyValues, type Pairs, toRecord } from "../../ui/KeyValues";
import { Loading } from "../../ui/Notice";
import { entityChoices } from "./entities";
import type { Setting } from "./kinds";

const ScriptEditor = lazy(() =>
  import("../../editor/ScriptEditor").then((module) => ({ default: module.ScriptEditor })),
);

interface FieldProps {
  setting: Setting;
  value: unknown;
  onChange: (value: unknown) => void;
  /** Given for settings that are scripts: what they are for, and how to test them. */
  script?: { use: ScriptUse; onTest: () => void };
}

/** The field for one setting of a node, by its kind. */
export function SettingField({ setting, value, onChange, script }: FieldProps) {
  const { label, description } = setting;
  switch (setting.kind) {
    case "text":
    case "longText":
      return (
        <TextField
          label={label}
          description={description}
          value={
            typeof value === "string" ? value : value === null || value === undefined ? "" : String(value)
          }
          onChange={onChange}
          type={setting.secret ? "password" : "text"}
          autoComplete="off"
          multiline={setting.kind === "longText" ? 4 : undefined}
        />
      );
    case "number":
      return (
        <NumberField label={label} description={description} value={Number(value ?? 0)} onChange={onChange} />
      );
    case "boolean":
      return <Checkbox label={label} description={description} value={value === true} onChange={onChange} />;
    case "choice":
      return (
        <Select
          label={label}
          description={description}
          choices={setting.options.map((one) => ({ id: one.value, label: one.label || one.value }))}
          value={text(value)}
          onChange={onChange}
        />
      );
    case "texts":
      return <TextsField setting={setting} value={value} onChange={onChange} />;
    case "map":
      return <MapField setting={setting} value={value} onChange={onChange} />;
    case "script":
      return (
        <div className="field">
          <span className="field-label">{label}</span>
          <Suspense
            fallback={
              <div className="rule-script-coming">
                <Loading what="the editor" />
              </div>
            }
          >
            <ScriptEditor
              label={label}
              value={text(value)}
              onChange={onChange}
              lang={setting.scriptLang}
              kind={script?.use ?? "RULE"}
              minLines={8}
            />
          </Suspense>
          {script && (
            <div>
              <Button icon={<FlaskConical aria-hidden />} onPress={script.onTest}>
                Test on a message
              </Button>
            </div>
          )}
          {description && <span className="field-description">{description}</span>}
        </div>
      );
    case "entity":
      return <EntityField setting={setting} value={value} onChange={onChange} />;
    case "json":
      return <JsonField setting={setting} value={value} onChange={onChange} />;
  }
}

function TextsField({ setting, value, onChange }: FieldProps) {
  const list = Array.isArray(value) ? value.map(String) : [];
  const [typed, setTyped] = useState(list.join("\n"));
  const offered = setting.offered.filter((one) => !list.includes(one));
  const set = (next: string) => {
    setTyped(next);
    onChange(
      next
        .split("\n")
        .map((one) => one.trim())
        .filter(Boolean),
    );
  };
  return (
    <div className="field">
      <TextField
        label={setting.label}
        description={`${setting.description} One a line.`.trim()}
        value={typed}
        onChange={set}
        multiline={Math.min(Math.max(list.length + 1, 2), 8)}
      />
      {offered.length > 0 && (
        <div className="offered">
          {offered.slice(0, 12).map((one) => (
            <button
              key={one}
              type="button"
              className="telemetry-draw"
              onClick={() => set([...list, one].join("\n"))}
            >
              + {one}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function MapField({ setting, value, onChange }: FieldProps) {
  const [pairs, setPairs] = useState<Pairs>(Object.entries(isMembers(value) ? texts(value) : {}));
  return (
    <KeyValues
      label={setting.label}
      noun={setting.label.toLowerCase()}
      pairs={pairs}
      onChange={(next) => {
        setPairs(next);
        onChange(toRecord(next));
      }}
    />
  );
}

function EntityField({ setting, value, onChange }: FieldProps) {
  const choices = useQuery({
    queryKey: ["choices", setting.entityType],
    queryFn: () => entityChoices(setting.entityType),
  });
  const id = text(value);
  if (choices.data === undefined || choices.data === null) {
    return (
      <TextField
        label={setting.label}
        description={setting.description}
        value={id}
        onChange={onChange}
        mono
      />
    );
  }
  const known = choices.data.some((one) => one.id === id);
  return (
    <Select
      label={setting.label}
      description={setting.description}
      choices={choices.data}
      value={known ? id : undefined}
      onChange={onChange}
      error={id && !known ? "what was chosen is not on this server: choose another" : undefined}
    />
  );
}

function JsonField({ setting, value, onChange }: FieldProps) {
  const [typed, setTyped] = useState(JSON.stringify(value ?? null, null, 2));
  const [error, setError] = useState<string>();
  return (
    <TextField
      label={setting.label}
      description={setting.description}
      value={typed}
      onChange={(next) => {
        setTyped(next);
        try {
          onChange(JSON.parse(next) as unknown);
          setError(undefined);
        } catch {
          setError("not JSON yet: the last whole value is kept");
        }
      }}
      error={error}
      multiline={Math.min(typed.split("\n").length + 1, 14)}
      mono
    />
  );
}
