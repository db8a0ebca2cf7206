import { api, ok } from "../../api/client";
import type { Component, Page, PageQuery, RuleChain, RuleChainMetaData } from "../../api/types";

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
