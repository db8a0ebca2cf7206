import { api, ok } from "../../api/client";
import type { Converter, Page, PageQuery, ScriptLang, TestOutcome } from "../../api/types";

export function listConverters(query: PageQuery): Promise<Page<Converter>> {
  return ok(api.GET("/api/converters", { params: { query } }));
}

export function getConverter(converterId: string): Promise<Converter> {
  return ok(api.GET("/api/converter/{converterId}", { params: { path: { converterId } } }));
}

export function saveConverter(body: Converter): Promise<Converter> {
  return ok(api.POST("/api/converter", { body }));
}

export function deleteConverter(converterId: string): Promise<unknown> {
  return ok(api.DELETE("/api/converter/{converterId}", { params: { path: { converterId } } }));
}

export interface UplinkCase {
  payload: string;
  metadata: Record<string, string>;
  decoder: string;
}

/** Runs a decoder on a payload in base64; a script's failure is in the outcome, not thrown. */
export function testUplink(scriptLang: ScriptLang, body: UplinkCase): Promise<TestOutcome> {
  return ok(api.POST("/api/converter/testUpLink", { params: { query: { scriptLang } }, body }));
}

export interface DownlinkCase {
  /** The message as JSON text. */
  msg: string;
  msgType: string;
  metadata: Record<string, string>;
  integrationMetadata: Record<string, string>;
  encoder: string;
}

/** Runs an encoder on a message; a script's failure is in the outcome, not thrown. */
export function testDownlink(scriptLang: ScriptLang, body: DownlinkCase): Promise<TestOutcome> {
  return ok(api.POST("/api/converter/testDownLink", { params: { query: { scriptLang } }, body }));
}

/** What the converter was given last: the case a test begins with. */
export function latestInput(converterId: string): Promise<unknown> {
  return ok(api.GET("/api/converter/{converterId}/debugIn", { params: { path: { converterId } } }));
}
