import { describe, expect, it } from "vitest";
import { forAll } from "./bulk";
import { withoutOrigin } from "./files";
import { pageQuery, readSearch } from "./search";

describe("an address of a list", () => {
  it("is read as far as it makes sense", () => {
    expect(readSearch({ page: "3", size: 50, q: "SN", sort: "name", desc: true, tab: "events" })).toEqual({
      page: 3,
      size: 50,
      q: "SN",
      sort: "name",
      desc: true,
      tab: "events",
    });
    expect(readSearch({ page: -1, size: 1e9, q: {}, desc: "yes" })).toEqual({});
  });

  it("asks the server in its own order until somebody sorts", () => {
    expect(pageQuery({}, { sort: "createdTime", desc: true })).toMatchObject({
      page: 0,
      pageSize: 20,
      sortProperty: "createdTime",
      sortOrder: "DESC",
    });
    expect(pageQuery({ sort: "name" }, { sort: "createdTime", desc: true }).sortOrder).toBe("ASC");
  });
});

describe("deleting several", () => {
  it("goes on after a refusal and keeps the first reason", async () => {
    const outcome = await forAll(["a", "b", "c"], (id) =>
      id === "b" ? Promise.reject(new Error("in use")) : Promise.resolve(),
    );
    expect(outcome).toEqual({ done: 2, left: ["b"], problem: new Error("in use") });
  });
});

describe("an imported file", () => {
  it("loses what belongs to the server it came from", () => {
    const exported = { id: { id: "1" }, tenantId: {}, version: 3, name: "x", configuration: { a: 1 } };
    expect(withoutOrigin(exported)).toEqual({ name: "x", configuration: { a: 1 } });
  });
});
