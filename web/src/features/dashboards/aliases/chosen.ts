/** Which of the entities of an alias is looked at, where an alias means one and its filter finds several. */
import { text } from "../../../api/shapes";
import type { EntityId } from "../../../api/types";
import type { Alias } from "../stored/model";

/** Kinds that find no more than one. */
const SINGLE = ["singleEntity", "stateEntity", "stateEntityOwner", "apiUsageState", ""];

/** Whether people may choose which entity an alias means. */
export function isChoice(alias: Alias): boolean {
  return !alias.many && !SINGLE.includes(text(alias.filter.type));
}

/** The aliases with the entities that were chosen in the place of what their filters find. */
export function withEntities(
  aliases: ReadonlyMap<string, Alias>,
  chosen: ReadonlyMap<string, EntityId>,
): ReadonlyMap<string, Alias> {
  if (chosen.size === 0) return aliases;
  return new Map(
    [...aliases].map(([id, alias]) => {
      const entity = chosen.get(id);
      return [id, entity ? { ...alias, filter: { type: "singleEntity", singleEntity: entity } } : alias];
    }),
  );
}
