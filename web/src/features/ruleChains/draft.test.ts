import { describe, expect, it } from "vitest";
import type { RuleChainMetaData } from "../../api/types";
import {
  addNode,
  closesCircle,
  labelsBetween,
  moveNodes,
  readDraft,
  removeNodes,
  setLabels,
  splice,
  writeDraft,
} from "./draft";
import { arrange } from "./arrange";
import { copied, pasted } from "./clipboard";
import { kindOf, matching } from "./kinds";

const id = (one: string) => ({ entityType: "RULE_NODE" as const, id: one });
const CHAIN: RuleChainMetaData = {
  ruleChainId: { entityType: "RULE_CHAIN", id: "chain" },
  firstNodeIndex: 1,
  nodes: [
    {
      id: id("a"),
      name: "A",
      type: "x.Save",
      additionalInfo: { layoutX: 10, layoutY: 20, description: "kept" },
    },
    { id: id("b"), name: "B", type: "x.Switch", configuration: { unknown: [1] } },
  ],
  connections: [
    { fromIndex: 1, toIndex: 0, type: "Post telemetry" },
    { fromIndex: 1, toIndex: 0, type: "Other" },
  ],
  ruleChainConnections: [],
  notes: { future: true },
};

const KIND = kindOf({
  type: "ACTION",
  scope: "TENANT",
  clusteringMode: "ENABLED",
  name: "log",
  clazz: "x.Log",
  configurationVersion: 2,
  hasQueueName: false,
  hasSecrets: false,
  configurationDescriptor: {
    nodeDefinition: {
      description: "Writes a line",
      relationTypes: ["Success", "Failure"],
      defaultConfiguration: { scriptLang: "TBEL" },
      settings: [
        { name: "level", kind: "choice", options: [{ value: "1", label: "one" }] },
        { name: "odd", kind: "new" },
      ],
    },
  },
});

describe("a draft", () => {
  it("is saved as it was loaded when nothing changed", () => {
    const draft = readDraft(moved(CHAIN));
    expect(writeDraft(draft)).toEqual(moved(CHAIN));
  });

  it("keeps indices right when a node goes", () => {
    const draft = removeNodes(readDraft(CHAIN), ["a"]);
    const written = writeDraft(draft);
    expect(written.nodes?.map((one) => one.name)).toEqual(["B"]);
    expect(written.connections).toEqual([]);
    expect(written.firstNodeIndex).toBe(0);
    expect(written.notes).toEqual({ future: true });
    expect(writeDraft(removeNodes(draft, ["b"])).firstNodeIndex).toBeNull();
  });

  it("gives a new node its settings, a free name and a place", () => {
    const once = addNode(readDraft(CHAIN), KIND, 5.4, 6, "new-1");
    const twice = addNode(once, KIND, 0, 0, "new-2");
    const [, , first, second] =
      writeDraft(moveNodes(twice, new Map([["new-1", { x: 7, y: 8 }]]))).nodes ?? [];
    expect(first).toMatchObject({
      name: "log",
      type: "x.Log",
      configurationVersion: 2,
      additionalInfo: { layoutX: 7, layoutY: 8 },
    });
    expect(first?.configuration).toEqual({ scriptLang: "TBEL" });
    expect(second?.name).toBe("log 2");
  });

  it("has each label once between two nodes", () => {
    const draft = setLabels(readDraft(CHAIN), "b", "a", ["Other", " Other ", "", "Alarm"]);
    expect(labelsBetween(draft, "b", "a")).toEqual(["Other", "Alarm"]);
    expect(setLabels(draft, "b", "a", []).links).toEqual([]);
  });

  it("takes a node onto a link that it lies on", () => {
    const draft = addNode(readDraft(CHAIN), KIND, 0, 0, "new");
    const spliced = splice(draft, "new", "b", "a", "Success");
    expect(labelsBetween(spliced, "b", "new")).toEqual(["Post telemetry", "Other"]);
    expect(labelsBetween(spliced, "new", "a")).toEqual(["Success"]);
    expect(labelsBetween(spliced, "b", "a")).toEqual([]);
    // A node that has links, and one of the link's own ends, stay where they are.
    expect(splice(spliced, "new", "b", "new", "Success")).toBe(spliced);
    expect(splice(draft, "b", "b", "a", "Success")).toBe(draft);
  });

  it("is arranged from left to right", () => {
    const draft = arrange(addNode(readDraft(CHAIN), KIND, 0, 0, "new"));
    const x = (key: string) => draft.nodes.find((one) => one.key === key)?.x ?? 0;
    expect(x("b")).toBeLessThan(x("a"));
    const places = new Set(draft.nodes.map((one) => `${one.x} ${one.y}`));
    expect(places.size).toBe(3);
  });

  it("gives copies of nodes keys, names and links of their own", () => {
    const draft = readDraft(CHAIN);
    let count = 0;
    const found = pasted(draft, copied(draft, ["a", "b"]), () => `copy-${(count += 1)}`);
    expect(found?.keys).toEqual(["copy-1", "copy-2"]);
    expect(found?.draft.nodes.map((one) => one.node.name)).toEqual(["A", "B", "A 2", "B 2"]);
    expect(found && labelsBetween(found.draft, "copy-2", "copy-1")).toEqual(["Post telemetry", "Other"]);
    expect(found?.draft.nodes[2]?.node.id).toBeUndefined();
    expect(pasted(draft, "some text", () => "x")).toBeUndefined();
    expect(pasted(draft, '{"millraceNodes":{"nodes":[1],"links":[]}}', () => "x")).toBeUndefined();
  });

  it("knows when a link would close a circle", () => {
    const draft = readDraft(CHAIN);
    expect(closesCircle(draft, "a", "b")).toBe(true);
    expect(closesCircle(draft, "a", "a")).toBe(true);
    expect(closesCircle(draft, "b", "a")).toBe(false);
  });
});

describe("a kind of node", () => {
  it("can be edited even where its settings are of a kind that is new", () => {
    expect(KIND.settings.map((one) => one.kind)).toEqual(["choice", "json"]);
    expect(KIND.settings[0]?.options).toEqual([{ value: "1", label: "one" }]);
  });
  it("is found by name and description", () => {
    expect(matching([KIND], "LINE")).toEqual([KIND]);
    expect(matching([KIND], "alarm")).toEqual([]);
  });
});

/** With a place for every node, as a saved chain has. */
function moved(chain: RuleChainMetaData): RuleChainMetaData {
  const place = { layoutX: 1, layoutY: 2 };
  return { ...chain, nodes: chain.nodes?.map((one) => ({ ...one, additionalInfo: place })) };
}
