import { describe, expect, it } from "vitest";
import { NEW_CONNECTION, readConnection, withConnection } from "./model";
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
