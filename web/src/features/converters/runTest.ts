import type { ConverterType, ScriptLang, TestOutcome } from "../../api/types";
import { encodePayload } from "../../format/payload";
import { toRecord } from "../../ui/KeyValues";
import type { TestCase } from "../scriptTest/testCase";
import { testDownlink, testUplink } from "./requests";

/** Runs one case on the server. A script's failure is an outcome; what is thrown kept it from running. */
export function runTest(
  type: ConverterType,
  lang: ScriptLang,
  script: string,
  test: TestCase,
): Promise<TestOutcome> {
  const metadata = toRecord(test.metadata);
  if (type === "UPLINK") {
    return testUplink(lang, { payload: encodePayload(test.content, test.form), metadata, decoder: script });
  }
  return testDownlink(lang, {
    msg: test.content,
    msgType: test.msgType,
    metadata,
    integrationMetadata: toRecord(test.integrationMetadata),
    encoder: script,
  });
}
