/** What a new converter begins with: short, and right for the tutorials' topics. */
import type { ConverterType, ScriptLang } from "../../api/types";

export const LANGUAGES = [
  { id: "TBEL", label: "TBEL" },
  { id: "JS", label: "JavaScript" },
] as const;

const UPLINK = `// payload: bytes of the message; metadata: topic, integrationName, …
var body = decodeToJson(payload);
var levels = metadata.topic.split("/");
return {
    deviceName: levels[levels.length - 2],
    deviceType: "default",
    attributes: { integrationName: metadata.integrationName },
    telemetry: body
};
`;

const UPLINK_TBEL = UPLINK.replace("levels[levels.length - 2]", "levels[levels.length() - 2]");

const DOWNLINK = `// msg: the command; metadata: deviceName, deviceType, …
return {
    contentType: "JSON",
    data: JSON.stringify(msg),
    metadata: { topic: "devices/" + metadata.deviceName + "/commands" }
};
`;

export function template(type: ConverterType, lang: ScriptLang): string {
  if (type === "DOWNLINK") return DOWNLINK;
  return lang === "TBEL" ? UPLINK_TBEL : UPLINK;
}
