import { api, ok } from "../../api/client";
import type {
  AnsweredImport,
  ChainFinding,
  ChainImport,
  Component,
  CountedNode,
  ImportPlan,
  Page,
  PageQuery,
  RuleChain,
  RuleChainMetaData,
  ScriptLang,
  ScriptTest,
  TestOutcome,
} from "../../api/types";

export function listRuleChains(query: PageQuery): Promise<Page<RuleChain>> {
  return ok(api.GET("/api/ruleChains", { params: { query } }));
}

export function getRuleChain(ruleChainId: string): Promise<RuleChain> {
  return ok(api.GET("/api/ruleChain/{ruleChainId}", { params: { path: { ruleChainId } } }));
}

export function getMetadata(ruleChainId: string): Promise<RuleChainMetaData> {
  return ok(api.GET("/api/ruleChain/{ruleChainId}/metadata", { params: { path: { ruleChainId } } }));
}

export function saveMetadata(body: RuleChainMetaData): Promise<RuleChainMetaData> {
  return ok(api.POST("/api/ruleChain/metadata", { body }));
}

export function saveRuleChain(body: RuleChain): Promise<RuleChain> {
  return ok(api.POST("/api/ruleChain", { body }));
}

export function deleteRuleChain(ruleChainId: string): Promise<unknown> {
  return ok(api.DELETE("/api/ruleChain/{ruleChainId}", { params: { path: { ruleChainId } } }));
}

export function makeRoot(ruleChainId: string): Promise<unknown> {
  return ok(api.POST("/api/ruleChain/{ruleChainId}/root", { params: { path: { ruleChainId } } }));
}

const KINDS = ["ENRICHMENT", "FILTER", "TRANSFORMATION", "ACTION", "ANALYTICS", "EXTERNAL", "FLOW"];

/** Every kind of node the server knows. */
export function listComponents(): Promise<Component[]> {
  return ok(api.GET("/api/components", { params: { query: { componentTypes: KINDS } } }));
}

/** What went through the nodes of a running chain. */
export function nodeCounters(ruleChainId: string): Promise<CountedNode[]> {
  return ok(api.GET("/api/millrace/ruleChain/{ruleChainId}/counters", { params: { path: { ruleChainId } } }));
}

/** What is doubtful in a chain, saved or not. */
export function lintChain(body: RuleChainMetaData): Promise<ChainFinding[]> {
  return ok(api.POST("/api/millrace/ruleChain/lint", { body }));
}

/** What importing a file would do, and what it asks for. */
export function planImport(content: Record<string, unknown>): Promise<ImportPlan> {
  return ok(api.POST("/api/millrace/import/plan", { body: content }));
}

export function applyImport(body: AnsweredImport): Promise<ChainImport[]> {
  return ok(api.POST("/api/millrace/import/apply", { body }));
}

/** Runs a node's script on a message; a script's failure is in the outcome, not thrown. */
export function testScript(scriptLang: ScriptLang, body: ScriptTest): Promise<TestOutcome> {
  return ok(api.POST("/api/ruleChain/testScript", { params: { query: { scriptLang } }, body }));
}

/** A chain with the nodes a root chain starts with. */
export function createDefaultChain(name: string): Promise<RuleChain> {
  return ok(api.POST("/api/ruleChain/device/default", { body: { name } }));
}

/** A chain as a file holds it. */
export async function exportChain(ruleChainId: string): Promise<unknown> {
  const [ruleChain, metadata] = await Promise.all([getRuleChain(ruleChainId), getMetadata(ruleChainId)]);
  return { ruleChain, metadata };
}
