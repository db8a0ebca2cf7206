import { describe, expect, it } from "vitest";
import { ApiError, advice, explain, refusal } from "./errors";
import { claims, runsOutAt } from "./token";

const token = (body: object) =>
  `x.${btoa(JSON.stringify(body)).replace(/=+$/, "").replace(/\+/g, "-").replace(/\//g, "_")}.y`;

describe("a refusal", () => {
  it("keeps the server's own words", () => {
    const error = refusal(400, { status: 400, message: "name is taken", errorCode: 31, timestamp: 1 });
    expect([error.status, error.code, explain(error)]).toEqual([400, 31, "Name is taken"]);
  });
  it("understands plain text and silence", () => {
    expect(refusal(400, "keys are empty").message).toBe("keys are empty");
    expect(refusal(504, null).message).toBe("nobody answered in time");
  });
  it("comes with advice where the kind alone says what to do", () => {
    expect(advice(new ApiError("away", 0, 0))).toContain("server runs");
    expect(advice(new ApiError("old", 409, 35))).toContain("Reload");
    expect(advice(new ApiError("name is taken", 400, 31))).toBeUndefined();
  });
});

describe("an access token", () => {
  it("is read without trusting its shape", () => {
    const read = claims(token({ sub: "a@b", userId: "u", scopes: ["TENANT_ADMIN"], iat: 100, exp: 160 }));
    expect(read?.sub).toBe("a@b");
    expect(claims("nonsense")).toBeUndefined();
    expect(claims(token({ sub: "a@b" }))).toBeUndefined();
  });
  it("runs out by this computer's clock, however wrong the server's is", () => {
    const read = claims(token({ sub: "a", userId: "u", scopes: [], iat: 100, exp: 160 }));
    expect(read && runsOutAt(read, 1_000_000)).toBe(1_060_000);
  });
});
