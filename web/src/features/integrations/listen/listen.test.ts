import { describe, expect, it } from "vitest";
import { NEW_CONNECTION, withFilter } from "../model";
import { type HeardTopic, filterOf, perSecond, treeOf } from "./topicTree";

const heard = (topic: string, count: number): HeardTopic => ({
  topic,
  count,
  rate: count / 2,
  last: 1,
  payload: "",
  size: 0,
  retain: false,
});

describe("the tree of topics", () => {
  const tree = treeOf([heard("site/b/t", 1), heard("site/a", 2), heard("site/a/t", 4), heard("/x", 8)]);
  it("has a branch for each level with the messages below it", () => {
    expect(tree.map((one) => [one.level, one.count])).toEqual([
      ["", 8],
      ["site", 7],
    ]);
    expect(tree[1]?.below.map((one) => [one.level, one.count, one.heard?.count])).toEqual([
      ["a", 6, 2],
      ["b", 1, undefined],
    ]);
  });
  it("makes filters of what is clicked", () => {
    const site = tree[1];
    expect(site && filterOf(site)).toBe("site/#");
    const leaf = site?.below[1]?.below[0];
    expect(leaf && filterOf(leaf)).toBe("site/b/t");
    const nameless = tree[0];
    expect(nameless && filterOf(nameless)).toBe("/#");
  });
  it("tells rates at a glance", () => {
    expect([perSecond(0.42), perSecond(12.4)]).toEqual(["0.4/s", "12/s"]);
  });
});

describe("a topic filter that was picked", () => {
  const filters = (...picked: string[]) =>
    picked.reduce(withFilter, NEW_CONNECTION).topicFilters.map((one) => one.filter);
  it("takes the place of the empty one, then stands beside the others, once", () => {
    expect(filters("a/b")).toEqual(["a/b"]);
    expect(filters("a/b", "c/#", "a/b")).toEqual(["a/b", "c/#"]);
  });
});
