/**
 * The states somebody went through, as the address keeps them: `default/chart;=DEVICE.0190…`.
 * Each step is a state's id and the entities it was opened with, by parameter name; the unnamed one is
 * the state's own entity.
 */
import { type Members, isMembers, members } from "../../../api/shapes";
import type { EntityId, EntityType } from "../../../api/types";

export interface StateEntity {
  entity: EntityId;
  name: string;
}

export interface Step {
  state: string;
  entities: ReadonlyMap<string, EntityId>;
}

const DEEPEST = 20;

export function readPath(text: string | undefined): Step[] {
  if (!text) return [];
  return readForeign(text) ?? readOwn(text);
}

/**
 * The form of other products' links: a list of `{ id, params }` as JSON in base64, where the entities are
 * among the params, by name or, unnamed, themselves.
 */
function readForeign(text: string): Step[] | undefined {
  if (!/^[A-Za-z0-9+/_-]{8,}={0,2}$/.test(text.replaceAll(" ", "+"))) return undefined;
  try {
    const plain = text.replaceAll(" ", "+").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(plain), (one) => one.charCodeAt(0));
    const read: unknown = JSON.parse(percentDecoded(new TextDecoder().decode(bytes)));
    if (!Array.isArray(read)) return undefined;
    return read.slice(-DEEPEST).flatMap((raw: unknown) => {
      const { id, params } = members(raw);
      return typeof id === "string" && id !== ""
        ? [{ state: id, entities: entitiesOf(members(params)) }]
        : [];
    });
  } catch {
    return undefined;
  }
}

/** Some versions encode the text for addresses before they pack it. */
function percentDecoded(text: string): string {
  return text.startsWith("%5B") ? decodeURIComponent(text) : text;
}

function entitiesOf(params: Members): ReadonlyMap<string, EntityId> {
  const entities = new Map<string, EntityId>();
  const take = (name: string, raw: unknown) => {
    const { entityType, id } = members(raw);
    if (typeof entityType === "string" && typeof id === "string" && /^[0-9a-fA-F-]{36}$/.test(id))
      entities.set(name, { entityType: entityType as EntityType, id });
  };
  take("", params.entityId);
  for (const [name, raw] of Object.entries(params))
    if (isMembers(raw) && isMembers(raw.entityId)) take(name, raw.entityId);
  return entities;
}

function readOwn(text: string): Step[] {
  return text.split("/").slice(-DEEPEST).flatMap(readStep);
}

function readStep(part: string): Step[] {
  const [state = "", ...params] = part.split(";");
  const id = decoded(state);
  if (!id) return [];
  const entities = new Map<string, EntityId>();
  for (const one of params) {
    const found = /^([^=]*)=([A-Z_]+)\.([0-9a-fA-F-]{36})$/.exec(one);
    if (!found) continue;
    const [, name = "", entityType = "", uuid = ""] = found;
    entities.set(decoded(name) ?? "", { entityType: entityType as EntityType, id: uuid });
  }
  return [{ state: id, entities }];
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

export function writePath(steps: readonly Step[]): string {
  return steps
    .slice(-DEEPEST)
    .map(({ state, entities }) => {
      const params = [...entities].map(
        ([name, entity]) => `;${encodeURIComponent(name)}=${entity.entityType}.${entity.id}`,
      );
      return encodeURIComponent(state) + params.join("");
    })
    .join("/");
}

/** Goes on to a state. Back to one that was passed through already, the steps after it are left. */
export function opened(steps: readonly Step[], next: Step): Step[] {
  const passed = steps.findIndex((one) => one.state === next.state);
  const kept = passed < 0 ? steps : steps.slice(0, passed);
  return [...kept, next];
}

/** The name of a state as shown: `${entityName}` is what it was opened with. */
export function stateName(template: string, entityName: string | undefined): string {
  return template.replace(/\$\{entity(Name|Label)\}/g, entityName ?? "…");
}
