import { describe, expect, it } from "vitest";
import { described, filterOf, refusalOf } from "../aliases/filter";
import { keyFiltersOf } from "../aliases/keyFilters";
import { opened, readPath, stateName, writePath } from "../states/path";
import { readKey } from "../stored/model";
import { commandOf, countRow, rowsAfter, slotOf } from "./ask";
import { filled, partOf, shownNumber, shownValue } from "./shown";

const ID = "0190a1b2-0000-7000-8000-000000000001";
const ENTITY = { entityType: "DEVICE" as const, id: ID };
const NONE: ReadonlyMap<string, typeof ENTITY> = new Map();
const OPEN = new Map([["", ENTITY]]);

describe("an alias", () => {
  it("of a state means the entity the state was opened with, or its usual one", () => {
    const filter = { type: "stateEntity", stateEntityParamName: null, defaultStateEntity: null };
    expect(filterOf(filter, NONE)).toBeUndefined();
    expect(filterOf(filter, OPEN)).toEqual({ type: "singleEntity", singleEntity: ENTITY });
    expect(filterOf({ ...filter, stateEntityParamName: "pump" }, OPEN)).toBeUndefined();
    expect(filterOf({ ...filter, defaultStateEntity: ENTITY }, NONE)).toMatchObject({ singleEntity: ENTITY });
  });

  it("of relations starts at its root, which may be the state's entity", () => {
    const search = { type: "deviceSearchQuery", rootStateEntity: true, rootEntity: null, maxLevel: 1 };
    expect(filterOf(search, NONE)).toBeUndefined();
    expect(filterOf(search, OPEN)).toEqual({ ...search, rootEntity: ENTITY });
    expect(filterOf({ ...search, rootStateEntity: false, rootEntity: ENTITY }, NONE)).toMatchObject({
      rootEntity: ENTITY,
    });
  });

  it("that is not finished asks nothing; others go to the server as they are", () => {
    expect(filterOf({ type: "singleEntity" }, NONE)).toBeUndefined();
    expect(filterOf({}, NONE)).toBeUndefined();
    const types = { type: "deviceType", deviceTypes: ["sensor"], resolveMultiple: true };
    expect(filterOf(types, NONE)).toBe(types);
  });

  it("of a group means its members, or those of the state's group", () => {
    const group = { type: "entityGroup", groupType: "DEVICE", entityGroup: ID };
    expect(filterOf(group, NONE)).toBe(group);
    expect(filterOf({ ...group, entityGroup: null }, NONE)).toBeUndefined();
    const state = {
      type: "entityGroup",
      groupStateEntity: true,
      defaultStateGroupType: "ASSET",
      defaultStateEntityGroup: "0190a1b2-0000-7000-8000-000000000002",
    };
    expect(filterOf(state, NONE)).toMatchObject({
      groupType: "ASSET",
      entityGroup: "0190a1b2-0000-7000-8000-000000000002",
    });
    expect(filterOf(state, OPEN)).toMatchObject({ entityGroup: ID });
  });

  it("of a kind that is not here is told shortly", () => {
    expect(refusalOf("the query is wrong: unknown variant `QUEUE_STATS`, expected one of `TENANT`")).toBe(
      "Nothing here is of the kind QUEUE_STATS.",
    );
    expect(refusalOf("too many ids")).toBe("too many ids");
  });

  it("is told in words", () => {
    expect(described({ type: "deviceType", deviceTypes: ["a", "b"], deviceNameFilter: "P" })).toBe(
      "Devices of a, b, name begins with “P”",
    );
    expect(described({ type: "entityList", entityType: "ASSET", entityList: ["1"] })).toBe(
      "A list of 1 (asset)",
    );
  });
});

describe("the states in the address", () => {
  it("are written and read", () => {
    const steps = [
      { state: "default", entities: NONE },
      {
        state: "ein/aus;",
        entities: new Map([
          ["", ENTITY],
          ["pump", ENTITY],
        ]),
      },
    ];
    const text = writePath(steps);
    expect(text).toBe(`default/ein%2Faus%3B;=DEVICE.${ID};pump=DEVICE.${ID}`);
    expect(readPath(text)).toEqual(steps);
    expect(readPath("a;broken;=DEVICE.no/%E0%A4%A")).toEqual([{ state: "a", entities: NONE }]);
    expect(readPath(undefined)).toEqual([]);
  });

  it("of other products are read: a list in base64", () => {
    const list = [
      { id: "default", params: {} },
      {
        id: "räume",
        params: { entityId: ENTITY, entityName: "A", pump: { entityId: ENTITY, entityName: "P" }, odd: 1 },
      },
    ];
    const packed = btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(list))));
    const steps = [
      { state: "default", entities: NONE },
      {
        state: "räume",
        entities: new Map([
          ["", ENTITY],
          ["pump", ENTITY],
        ]),
      },
    ];
    expect(readPath(packed)).toEqual(steps);
    // As an address may have changed it.
    expect(readPath(packed.replaceAll("+", " ").replaceAll("=", ""))).toEqual(steps);
    expect(readPath(btoa('{"id":"default"}'))).toEqual([{ state: btoa('{"id":"default"}'), entities: NONE }]);
    expect(readPath("dashboard")).toEqual([{ state: "dashboard", entities: NONE }]);
  });

  it("go on, and back to one that was passed", () => {
    const step = (state: string) => ({ state, entities: NONE });
    const way = [step("a"), step("b"), step("c")];
    expect(opened(way, step("d")).map((one) => one.state)).toEqual(["a", "b", "c", "d"]);
    expect(opened(way, step("b")).map((one) => one.state)).toEqual(["a", "b"]);
    expect(stateName("Room ${entityName}", "A1")).toBe("Room A1");
  });
});

describe("the rows of a source", () => {
  const keys = [
    readKey({ name: "temperature", type: "timeseries" }),
    readKey({ name: "limit", type: "attribute" }),
    readKey({ name: "entityName", type: "entityField" }),
  ];

  it("are asked for by kind of key", () => {
    const command = commandOf({
      filter: { type: "deviceType" },
      conditions: [],
      counts: undefined,
      many: true,
      keys,
    });
    expect(command).toMatchObject({
      type: "ENTITY_DATA",
      query: { pageLink: { dynamic: true }, entityFilter: { type: "deviceType" } },
      latestCmd: {
        keys: [
          { type: "ENTITY_FIELD", key: "name" },
          { type: "ENTITY_FIELD", key: "label" },
          { type: "TIME_SERIES", key: "temperature" },
          { type: "ATTRIBUTE", key: "limit" },
        ],
      },
    });
    expect(keys.map(slotOf)).toEqual(["TIME_SERIES/temperature", "ATTRIBUTE/limit", "ENTITY_FIELD/name"]);
  });

  it("may be a count of entities or alarms", () => {
    const asked = { filter: { type: "deviceType" }, conditions: [{ key: 1 }], many: true, keys };
    expect(commandOf({ ...asked, counts: "entities" })).toEqual({
      type: "ENTITY_COUNT",
      query: { entityFilter: { type: "deviceType" }, keyFilters: [{ key: 1 }] },
    });
    expect(commandOf({ ...asked, counts: "alarms" })).toMatchObject({ type: "ALARM_COUNT" });
    const key = readKey({ name: "count", type: "count" });
    expect(countRow({ count: 7 }, [key], 5)[0]?.values.get(slotOf(key))).toEqual({ ts: 5, value: "7" });
  });

  it("obey the conditions of a filter, without what its editor keeps there", () => {
    const hot = { type: "NUMERIC", operation: "GREATER", value: { defaultValue: 20 } };
    const key = { type: "TIME_SERIES", key: "temperature" };
    const stored = {
      keyFilters: [
        {
          key,
          valueType: "NUMERIC",
          predicates: [{ keyFilterPredicate: hot, userInfo: { editable: true } }],
        },
        {
          key,
          valueType: "NUMERIC",
          predicates: [
            {
              keyFilterPredicate: {
                type: "COMPLEX",
                operation: "OR",
                predicates: [{ keyFilterPredicate: hot }],
              },
            },
            { keyFilterPredicate: hot },
          ],
        },
        { key, valueType: "NUMERIC", predicates: [] },
      ],
    };
    expect(keyFiltersOf(stored)).toEqual([
      { key, valueType: "NUMERIC", predicate: hot },
      {
        key,
        valueType: "NUMERIC",
        predicate: {
          type: "COMPLEX",
          operation: "AND",
          predicates: [{ type: "COMPLEX", operation: "OR", predicates: [hot] }, hot],
        },
      },
    ]);
    expect(keyFiltersOf(undefined)).toEqual([]);
  });

  it("change in part, and forget what was deleted", () => {
    const row = {
      entityId: ENTITY,
      latest: {
        ENTITY_FIELD: { name: { ts: 1, value: "Pump" }, label: { ts: 0, value: "" } },
        TIME_SERIES: { temperature: { ts: 5, value: "21" } },
        ATTRIBUTE: { limit: { ts: 5, value: "30" } },
      },
    };
    const first = rowsAfter([], { data: { data: [row] }, update: null });
    expect(first[0]).toMatchObject({ name: "Pump", label: "Pump" });
    const next = rowsAfter(first, {
      data: null,
      update: [
        {
          entityId: ENTITY,
          latest: {
            TIME_SERIES: { temperature: { ts: 6, value: "22" } },
            ATTRIBUTE: { limit: { ts: 0, value: "" } },
          },
        },
      ],
    });
    expect(next[0]?.name).toBe("Pump");
    expect(next[0]?.values.get("TIME_SERIES/temperature")).toEqual({ ts: 6, value: "22" });
    expect(next[0]?.values.has("ATTRIBUTE/limit")).toBe(false);
  });
});

describe("a value", () => {
  it("is shown with its decimals and unit, a text as it is", () => {
    expect(shownValue("33.456", 1, "°C")).toBe("33.5 °C");
    expect(shownValue("33.456", undefined, "°C")).toBe("33.456 °C");
    expect(shownValue("24.784625713", undefined, "")).toBe("24.7846");
    expect(shownValue("open", 1, "°C")).toBe("open");
    expect(shownValue(undefined, 1, "°C")).toBe("–");
    expect(shownNumber(1234.567, undefined, "")).toBe("1234.6");
    expect(shownNumber(0.12345, 3, "V")).toBe("0.123 V");
  });

  it("stands between its bounds", () => {
    expect(partOf("25", 0, 100)).toBe(0.25);
    expect([partOf("-5", 0, 100), partOf("500", 0, 100)]).toEqual([0, 1]);
    expect([partOf("no", 0, 100), partOf("5", 3, 3)]).toEqual([undefined, undefined]);
  });

  it("may be in a label with the entity's name", () => {
    expect(filled("${entityName} total", { name: "A1", label: "" })).toBe("A1 total");
    expect(filled("${entityName} total", undefined)).toBe("total");
  });
});
