import { ApiError } from "../../../api/errors";
import type { ConverterType, ScriptLang } from "../../../api/types";
import { configured } from "../../converters/model";
import { saveConverter } from "../../converters/requests";
import { template } from "../../converters/templates";

/** What the person chose in a converter's step. */
export type ConverterChoice =
  | { kind: "none" }
  | { kind: "existing"; id: string }
  | { kind: "new"; name: string; lang: ScriptLang; script: string };

export function newChoice(type: ConverterType): ConverterChoice {
  const name = type === "UPLINK" ? "MQTT Uplink Converter" : "MQTT Downlink Converter";
  return { kind: "new", name, lang: "TBEL", script: template(type, "TBEL") };
}

/** Saves a converter that was written in the wizard; what is chosen afterwards is an existing one. */
export async function settle(choice: ConverterChoice, type: ConverterType): Promise<ConverterChoice> {
  if (choice.kind === "new") {
    const saved = await saveConverter({
      name: choice.name.trim(),
      type,
      configuration: configured({}, type, choice.lang, choice.script),
      debugSettings: { failuresEnabled: true, allEnabled: true },
    });
    return { kind: "existing", id: saved.id?.id ?? "" };
  }
  if (type === "UPLINK" && (choice.kind === "none" || !choice.id)) {
    throw new ApiError("choose an uplink converter or create one", 400, 0);
  }
  return choice.kind === "existing" && !choice.id ? { kind: "none" } : choice;
}
