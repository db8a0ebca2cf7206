import { describe, expect, it } from "vitest";
import { NEW_CONNECTION, readConnection, withConnection } from "./model";
import { rateText, ratesOf } from "./rates";
import { caseOfUplink } from "./testable";
import { faultsOf, filterFault, isFaulty, warningsOf } from "./validation";

const good = { ...NEW_CONNECTION, host: "broker", topicFilters: [{ filter: "a/+/b", qos: 1 as const }] };

describe("topic filters", () => {
  it.each(["a", "/", "+", "#", "a/+/b", "a/#", "+/+/#", "$share/g/a"])("%s is one", (filter) => {
    expect(filterFault(filter)).toBeUndefined();
  });
  it.each(["", "a/#/b", "a#", "a/b+", "+a", "a\0"])("%j is none", (filter) => {
    expect(filterFault(filter)).toBeTypeOf("string");
  });
});

describe("a connection", () => {
  it("is complete with host and filters", () => {
    expect(isFaulty(faultsOf(good))).toBe(false);
    expect(faultsOf({ ...good, host: "mqtt://broker" }).host).toContain("without mqtt://");
    expect(faultsOf({ ...good, port: 0 }).port).toBeDefined();
    expect(isFaulty(faultsOf({ ...good, topicFilters: [] }))).toBe(true);
  });

  it("allows 23 characters of client id with MQTT 3.1 and names both lengths", () => {
    const clientId = "x".repeat(24);
    expect(faultsOf({ ...good, clientId }).clientId).toBeUndefined();
    expect(faultsOf({ ...good, clientId, protocolVersion: "MQTT_3_1" }).clientId).toBe(
      "24 characters; this protocol allows 23",
    );
  });

  it("warns when a clean session undoes the QoS", () => {
    expect(warningsOf(good)).toEqual([]);
    expect(warningsOf({ ...good, cleanSession: true })).toHaveLength(1);
  });

  it("keeps what the form does not know", () => {
    const saved = {
      name: "x",
      configuration: {
        clientConfiguration: {
          host: "h",
          port: 1883,
          future: 1,
          credentials: { type: "basic", username: "u" },
        },
        topicFilters: [{ filter: "a", qos: 2 }],
        downlinkQos: 1,
      },
    };
    const read = readConnection(saved);
    expect(read.topicFilters).toEqual([{ filter: "a", qos: 2 }]);
    expect(read.cleanSession).toBe(true);
    const written = withConnection(saved, { ...read, host: "other" });
    expect(written.configuration).toMatchObject({
      clientConfiguration: { host: "other", future: 1, credentials: { type: "basic", username: "u" } },
      downlinkQos: 1,
    });
  });
});

describe("rates", () => {
  it("are those of the whole span, and begin anew with a counter", () => {
    const samples = [
      {
        at: 1_000,
        counts: new Map([
          ["a", 10],
          ["b", 50],
        ]),
      },
      {
        at: 3_000,
        counts: new Map([
          ["a", 16],
          ["b", 2],
        ]),
      },
    ];
    expect([...ratesOf(samples)]).toEqual([["a", 3]]);
    expect(ratesOf(samples.slice(0, 1)).size).toBe(0);
    expect([rateText(undefined), rateText(0), rateText(0.26), rateText(1234)]).toEqual([
      "",
      "0 / s",
      "0.3 / s",
      "1,234 / s",
    ]);
  });
});

describe("a captured uplink", () => {
  const event = (payload: string) => ({
    uid: "e",
    id: { entityType: "EVENT" as const, id: "e" },
    tenantId: { entityType: "TENANT" as const, id: "t" },
    entityId: { entityType: "INTEGRATION" as const, id: "i" },
    type: "DEBUG_INTEGRATION" as const,
    createdTime: 1,
    body: { type: "Uplink", message: JSON.stringify({ topic: "a/b", payload }) },
  });
  it("opens as the decoder got it", () => {
    const integration = { name: "Plant", configuration: { metadata: { site: "north" } } };
    expect(caseOfUplink(event('{"v":1.0}'), integration)).toMatchObject({
      form: "JSON",
      content: '{\n  "v": 1.0\n}',
      metadata: [
        ["site", "north"],
        ["topic", "a/b"],
        ["integrationName", "Plant"],
      ],
    });
    expect(caseOfUplink(event("not json"), integration)).toMatchObject({ form: "TEXT", content: "not json" });
  });
});
