/** Short names for the API's objects, as the server describes them. */
import type { components } from "../../.generated/api";

type Schemas = components["schemas"];

export type AlarmInfo = Schemas["AlarmInfo"];
export type AlarmSeverity = Schemas["AlarmSeverity"];
export type AnsweredImport = Schemas["AnsweredImport"];
export type ApiKeyInfo = Schemas["ApiKeyInfo"];
export type AssetProfile = Schemas["AssetProfile"];
export type CallView = Schemas["CallView"];
export type CapturedMessage = Schemas["CapturedMessage"];
export type ChainFinding = Schemas["ChainFinding"];
export type ChainImport = Schemas["ChainImport"];
export type CountedNode = Schemas["CountedNode"];
export type ImportPlan = Schemas["ImportPlan"];
export type MissingEntity = Schemas["MissingEntity"];
export type PlannedChain = Schemas["PlannedChain"];
export type Rpc = Schemas["Rpc"];
export type Decoded = Schemas["Decoded"];
export type Difference = Schemas["Difference"];
export type ReplayReport = Schemas["ReplayReport"];
export type ReplayRow = Schemas["ReplayRow"];
export type ReplaySummary = Schemas["ReplaySummary"];
export type Verdict = Schemas["Verdict"];
export type ScriptAnalysis = Schemas["ScriptAnalysis"];
export type ScriptTest = Schemas["ScriptTest"];
export type ScriptType = Schemas["ScriptType"];

export type AttributeScope = Schemas["AttributeScope"];
export type Attribute = Schemas["Attribute"];
export type Asset = Schemas["Asset"];
export type Component = Schemas["Component"];
export type EntityDataQuery = Schemas["EntityDataQuery"];
export type Converter = Schemas["Converter"];
export type ConverterType = Schemas["ConverterType"];
export type Counters = Schemas["Counters"];
export type CredentialsType = Schemas["CredentialsType"];
export type DebugSettings = Schemas["DebugSettings"];
export type Device = Schemas["Device"];
export type DeviceCredentials = Schemas["DeviceCredentials"];
export type DeviceInfo = Schemas["DeviceInfo"];
export type DeviceProfile = Schemas["DeviceProfile"];
export type EntityId = Schemas["EntityId"];
export type EntityType = Schemas["EntityType"];
export type Event = Schemas["Event"];
export type EventType = Schemas["EventType"];
export type FilterReport = Schemas["FilterReport"];
export type Integration = Schemas["Integration"];
export type IntegrationInfo = Schemas["IntegrationInfo"];
export type Notification = Schemas["Notification"];
export type RelationInfo = Schemas["RelationInfo"];
export type RuleChain = Schemas["RuleChain"];
export type RuleChainMetaData = Schemas["RuleChainMetaData"];
export type RuleNode = Schemas["RuleNode"];
export type ScriptLang = Schemas["ScriptLang"];
export type StatusReport = Schemas["StatusReport"];
export type TestOutcome = Schemas["TestOutcome"];
export type User = Schemas["User"];

/** A page of any list. */
export interface Page<T> {
  data: T[];
  totalElements: number;
  totalPages: number;
  hasNext: boolean;
}

/** What every list can be asked. */
export interface PageQuery {
  page: number;
  pageSize: number;
  textSearch?: string;
  sortProperty?: string;
  sortOrder?: "ASC" | "DESC";
}
