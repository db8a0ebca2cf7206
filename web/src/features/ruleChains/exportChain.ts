/** A chain as a file, with the names of what its nodes refer to, so that an import elsewhere can ask for them. */
import { members, text } from "../../api/shapes";
import type { RuleChain, RuleChainMetaData } from "../../api/types";
import { entityChoices } from "./entities";
import type { NodeKind } from "./kinds";

interface Reference {
  type: string;
  name: string;
}

export async function chainFile(chain: RuleChain, metadata: RuleChainMetaData, kinds: NodeKind[]) {
  const wanted = new Map<string, string>();
  for (const node of metadata.nodes ?? []) {
    const kind = kinds.find((one) => one.clazz === node.type);
    for (const setting of kind?.settings ?? []) {
      const id = text(members(node.configuration)[setting.name]);
      if (setting.kind === "entity" && id) wanted.set(id, setting.entityType);
    }
  }
  const references: Record<string, Reference> = {};
  for (const type of new Set(wanted.values())) {
    for (const one of (await entityChoices(type)) ?? []) {
      if (wanted.get(one.id) === type) references[one.id] = { type, name: one.label };
    }
  }
  return { ruleChain: chain, metadata, references };
}
