import { ApiError } from "../../api/errors";
import { postIfKnown } from "../../api/client";
import { members, text } from "../../api/shapes";
import type { ConverterType, ScriptLang, TestOutcome } from "../../api/types";
import { encodePayload } from "../../format/payload";
import { toRecord } from "../../ui/KeyValues";
import type { TestCase } from "./cases";
import { testUplink } from "./requests";

/** Runs one case on the server. A script's failure is an outcome; what is thrown kept it from running. */
export async function runTest(
  type: ConverterType,
  lang: ScriptLang,
  script: string,
  test: TestCase,
): Promise<TestOutcome> {
  const metadata = toRecord(test.metadata);
  if (type === "UPLINK") {
    return testUplink(lang, { payload: encodePayload(test.content, test.form), metadata, decoder: script });
  }
  const reply = await postIfKnown(`/api/converter/testDownLink?scriptLang=${lang}`, {
    msg: test.content,
    msgType: test.msgType,
    metadata,
    integrationMetadata: toRecord(test.integrationMetadata),
    encoder: script,
  });
  if (reply === undefined) throw new ApiError("this server cannot test downlink converters yet", 404, 0);
  const read = members(reply);
  return { output: text(read.output), error: text(read.error) };
}
