/** What a widget's data sources ask of the live connection, and how its answers become rows. */
import { type Members, members, number, text } from "../../../api/shapes";
import type { EntityId } from "../../../api/types";
import type { Latest } from "../../../live/values";
import type { DataKey } from "../stored/model";

/** An entity and what is known of the wanted keys, by `kind/name`. */
export interface Row {
  entity: EntityId;
  name: string;
  label: string;
  values: ReadonlyMap<string, Latest>;
}

const ASKED: Record<DataKey["kind"], string | undefined> = {
  timeseries: "TIME_SERIES",
  attribute: "ATTRIBUTE",
  entityField: "ENTITY_FIELD",
  alarm: undefined,
  other: undefined,
};

/** Names that older and newer dashboards use for the same field. */
const FIELDS: Record<string, string> = { entityName: "name", entityLabel: "label", entityType: "type" };

const WHOLE = ["name", "label"];

export interface Wanted {
  filter: Members;
  conditions: Members[];
  counts: "entities" | "alarms" | undefined;
  many: boolean;
  keys: DataKey[];
}

/** Most rows of one source. */
export const MOST_ROWS = 1_000;

export function commandOf({ filter, conditions, counts, many, keys }: Wanted): { type: string } & Members {
  const about = { entityFilter: filter, keyFilters: conditions };
  if (counts === "entities") return { type: "ENTITY_COUNT", query: about };
  if (counts === "alarms")
    return { type: "ALARM_COUNT", query: { ...about, statusList: ["ACTIVE"], searchPropagatedAlarms: true } };
  const asked = keys.flatMap((key) => {
    const type = ASKED[key.kind];
    return type ? [{ type, key: type === "ENTITY_FIELD" ? fieldOf(key.name) : key.name }] : [];
  });
  const fields = WHOLE.map((key) => ({ type: "ENTITY_FIELD", key }));
  return {
    type: "ENTITY_DATA",
    query: {
      ...about,
      pageLink: {
        page: 0,
        pageSize: many ? MOST_ROWS : 1,
        dynamic: true,
        sortOrder: { key: { type: "ENTITY_FIELD", key: "name" }, direction: "ASC" },
      },
      entityFields: fields,
      latestValues: asked.filter((one) => one.type !== "ENTITY_FIELD"),
    },
    latestCmd: { keys: [...fields, ...asked.filter((one) => !isWhole(one))] },
  };
}

function isWhole(one: { type: string; key: string }): boolean {
  return one.type === "ENTITY_FIELD" && WHOLE.includes(one.key);
}

export function fieldOf(name: string): string {
  return FIELDS[name] ?? name;
}

/** Where what the server says of a key is in a row. */
export function saidSlotOf(key: DataKey): string {
  const type = ASKED[key.kind] ?? "";
  return `${type}/${type === "ENTITY_FIELD" ? fieldOf(key.name) : key.name}`;
}

/** Where a key's value is in a row. Keys of one name may each have a function of their own. */
export function slotOf(key: DataKey): string {
  const own = key.post ?? key.make;
  return own ? `${saidSlotOf(key)} ${own.body}` : saidSlotOf(key);
}

/** The one row of a count: its value under every key that is shown of it. */
export function countRow(update: Members, keys: readonly DataKey[], now: number): Row[] {
  const value = String(number(update.count, 0));
  return [
    {
      entity: { entityType: "TENANT", id: "" },
      name: "Count",
      label: "Count",
      values: new Map(keys.map((key) => [slotOf(key), { ts: now, value }])),
    },
  ];
}

/** Rows after an update: all of them anew, or what changed of some. */
export function rowsAfter(before: readonly Row[], update: Members): Row[] {
  const page = members(update.data);
  if (Array.isArray(page.data)) return page.data.flatMap((raw: unknown) => rowOf(raw, undefined));
  if (!Array.isArray(update.update)) return [...before];
  const changed = new Map<string, unknown>();
  for (const raw of update.update as unknown[]) changed.set(text(members(members(raw).entityId).id), raw);
  return before.map((row) => {
    const raw = changed.get(row.entity.id);
    return raw === undefined ? row : (rowOf(raw, row)[0] ?? row);
  });
}

function rowOf(raw: unknown, before: Row | undefined): Row[] {
  const { entityId, latest } = members(raw);
  const { id, entityType } = members(entityId);
  if (typeof id !== "string" || typeof entityType !== "string") return [];
  const values = new Map(before?.values);
  for (const [type, found] of Object.entries(members(latest))) {
    for (const [key, value] of Object.entries(members(found))) {
      const { ts, value: said } = members(value);
      const at = number(ts, 0);
      // Time 0 and no text: there is none (any more).
      if (at === 0 && text(said) === "") values.delete(`${type}/${key}`);
      else values.set(`${type}/${key}`, { ts: at, value: text(said) });
    }
  }
  const field = (name: string) => values.get(`ENTITY_FIELD/${name}`)?.value ?? "";
  const name = field("name") || before?.name || id;
  return [{ entity: { id, entityType } as EntityId, name, label: field("label") || name, values }];
}
