import { describe, expect, it } from "vitest";
import { downlinkFault, uplinkFault } from "./resultCheck";

describe("a decoder's result", () => {
  it.each([
    '{"deviceName":"a","telemetry":{"t":1}}',
    '{"deviceName":7,"telemetry":[{"ts":1,"values":{"t":1}}],"attributes":null}',
    '[{"assetName":"a"},{"deviceName":"b"}]',
  ])("%s is taken", (output) => expect(uplinkFault(output)).toBeUndefined());
  it.each([
    ["null", "skipped"],
    ["5", "must be an object"],
    ['{"telemetry":{"t":1}}', "neither deviceName"],
    ['{"deviceName":"a","assetName":"b"}', "both"],
    ['{"deviceName":"a","telemetry":21.5}', "telemetry must be"],
    ['{"deviceName":"a","attributes":"x"}', "attributes must be"],
  ])("%s is doubted", (output, reason) => expect(uplinkFault(output)).toContain(reason));
});

describe("an encoder's result", () => {
  it("has data", () => {
    expect(downlinkFault('{"data":1,"metadata":{"topic":"a"}}')).toBeUndefined();
    expect(downlinkFault("null")).toContain("nothing");
    expect(downlinkFault('[{"contentType":"JSON"}]')).toContain("no data");
  });
});
