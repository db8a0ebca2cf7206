/** Where a converter keeps its script: one member for each language and direction. */
import { members, text } from "../../api/shapes";
import type { Converter, ConverterType, ScriptLang } from "../../api/types";

const PLACES: Record<ConverterType, Record<ScriptLang, string>> = {
  UPLINK: { JS: "decoder", TBEL: "tbelDecoder" },
  DOWNLINK: { JS: "encoder", TBEL: "tbelEncoder" },
};

/** The language that runs; exports of old versions name none and mean JavaScript. */
export function langOf(converter: Converter): ScriptLang {
  return members(converter.configuration).scriptLang === "TBEL" ? "TBEL" : "JS";
}

export function scriptOf(converter: Converter, lang: ScriptLang): string {
  const type = converter.type ?? "UPLINK";
  return text(members(converter.configuration)[PLACES[type][lang]]);
}

/** A configuration with this script; the other language's script and everything unknown stay. */
export function configured(
  configuration: unknown,
  type: ConverterType,
  scriptLang: ScriptLang,
  script: string,
) {
  return { ...members(configuration), scriptLang, [PLACES[type][scriptLang]]: script };
}
