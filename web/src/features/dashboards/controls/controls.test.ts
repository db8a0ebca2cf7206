import { describe, expect, it, vi } from "vitest";
import { sendsOf } from "../widgets/controls/press";
import { readCommand } from "../widgets/controls/commandLine";
import { getOf, isOn, paramsOf, sendOf } from "./actions";
import { storedLife } from "./calls";
import { type Life, Sender } from "./life";

// Calls need a page; what is tested here sends nothing.
vi.mock("../../commands/requests", () => ({ sendCommand: vi.fn() }));
vi.mock("../../telemetry/requests", () => ({ saveValue: vi.fn() }));
vi.mock("../../attributes/requests", () => ({ saveAttribute: vi.fn() }));

const settled = () => new Promise((done) => setTimeout(done, 0));

describe("a control's commands", () => {
  it("go one after the other, the newest last, also after a failure", async () => {
    const sent: number[] = [];
    const told: Life["kind"][] = [];
    const ends: ((fail: boolean) => void)[] = [];
    const sender = new Sender<number>(
      (value, tell) => {
        sent.push(value);
        return new Promise<void>((done, fail) =>
          ends.push((bad) => (bad ? fail(new Error("away")) : done())),
        ).then(() => tell({ kind: "taken", at: 1, waiting: false }));
      },
      (life) => told.push(life.kind),
    );
    sender.put(1);
    sender.put(2);
    sender.put(3);
    expect(sent).toEqual([1]);
    ends[0]?.(true);
    await settled();
    expect(sent).toEqual([1, 3]);
    ends[1]?.(false);
    await settled();
    expect(told).toEqual(["sending", "failed", "sending", "taken"]);
    expect(sender.busy).toBe(false);
  });

  it("that are stored are told by their state", () => {
    const kinds = ["QUEUED", "SENT", "DELIVERED", "SUCCESSFUL", "EXPIRED", "UNHEARD"].map((status) => {
      const found = storedLife({ status }, true, 1);
      return [found?.life.kind, found?.over];
    });
    expect(kinds).toEqual([
      ["queued", false],
      ["sending", false],
      ["taken", false],
      ["answered", true],
      ["failed", true],
      [undefined, undefined],
    ]);
    expect(storedLife({ status: "DELIVERED" }, false, 1)?.over).toBe(true);
  });
});

describe("a control's settings", () => {
  it("of the older form are read like those of the newer", () => {
    const old = {
      requestTimeout: 500,
      getValueMethod: "ask",
      setValueMethod: "tell",
      requestPersistent: true,
    };
    expect(getOf(old)).toMatchObject({
      kind: "rpc",
      rpc: { method: "ask", timeout: 5_000, persistent: true },
    });
    expect(sendOf(old, "valueChange")).toMatchObject({
      kind: "rpc",
      rpc: { method: "tell", timeout: 5_000 },
    });
    expect(getOf({ retrieveValueMethod: "timeseries", valueKey: "level" })).toMatchObject({
      kind: "timeseries",
      key: "level",
    });
    expect(getOf({ retrieveValueMethod: "none" }).kind).toBe("nothing");
  });

  it("of the newer form name an action for each direction", async () => {
    const settings = {
      initialState: {
        action: "GET_ATTRIBUTE",
        getAttribute: { scope: "SHARED_SCOPE", key: "on" },
        defaultValue: 4,
      },
      onUpdateState: { action: "SET_ATTRIBUTE", setAttribute: { scope: "SERVER_SCOPE", key: "on" } },
      offUpdateState: {
        action: "EXECUTE_RPC",
        executeRpc: { method: "off", requestTimeout: 9_000 },
        valueToData: { type: "CONSTANT", constantValue: "0" },
      },
    };
    expect(getOf(settings)).toMatchObject({
      kind: "attribute",
      scope: "SHARED_SCOPE",
      key: "on",
      initial: 4,
    });
    const run = () => Promise.reject(new Error("runs nothing"));
    const on = sendOf(settings, "onUpdateState", { kind: "constant", value: true });
    expect(on).toMatchObject({ kind: "attribute", scope: "SERVER_SCOPE" });
    expect(await paramsOf(on.data, "x", run)).toBe(true);
    const off = sendOf(settings, "offUpdateState");
    expect(off).toMatchObject({ kind: "rpc", rpc: { method: "off", timeout: 9_000 } });
    expect(await paramsOf(off.data, "x", run)).toBe("0");
  });

  it("name functions of their own, but not those every widget is born with", async () => {
    const usual = "/* Should return boolean value */\nreturn data ? true : false;";
    expect(getOf({ parseValueFunction: usual }).convert.parse).toBeUndefined();
    expect(getOf({ parseValueFunction: "return data > 7;" }).convert.parse?.params).toEqual(["data"]);
    const { data } = sendOf({ convertValueFunction: "return value ? 'open' : 'shut';" }, "valueChange");
    const asked: unknown[] = [];
    await paramsOf(data, true, (call) => Promise.resolve(asked.push([call.fn.body, call.args])));
    expect(asked).toEqual([["return value ? 'open' : 'shut';", [true]]]);
    const failing = paramsOf(data, true, () => Promise.reject(new Error("convertValueFunction: x")));
    await expect(failing).rejects.toThrow("convertValueFunction: x");
  });

  it("of a button may be wrong JSON", () => {
    expect(
      sendsOf({ type: "rpcbutton", settings: { methodName: "go", methodParams: '{"a":1}' } }),
    ).toMatchObject([{ send: { kind: "rpc", rpc: { method: "go" }, twoway: false }, value: { a: 1 } }]);
    expect(sendsOf({ type: "rpcbutton", settings: { methodParams: "{" } })).toBeUndefined();
    expect(
      sendsOf({ type: "update_attributes", settings: { entityParameters: '{"a":1,"b":"x"}' } })?.map(
        (one) => one.value,
      ),
    ).toEqual([1, "x"]);
    expect(sendsOf({ type: "update_attributes", settings: { entityParameters: "[1]" } })).toBeUndefined();
  });
});

describe("on and off", () => {
  it("are read from what telemetry and devices say", () => {
    const on = [true, "true", "1", 1, "on", "open"].map((one) => isOn(one, true));
    const off = [false, "false", "0", 0, "off", "", null, undefined].map((one) => isOn(one, true));
    expect(new Set(on)).toEqual(new Set([true]));
    expect(new Set(off)).toEqual(new Set([false]));
    expect([isOn("7", 7), isOn("8", 7)]).toEqual([true, false]);
  });
});

describe("a line of the terminal", () => {
  it("is a method with JSON after it", () => {
    expect(readCommand("  setValue 21 ")).toEqual({ method: "setValue", params: 21 });
    expect(readCommand('set {"a": [1, 2]}')).toEqual({ method: "set", params: { a: [1, 2] } });
    expect(readCommand("getValue")).toEqual({ method: "getValue", params: {} });
    expect(readCommand("mode eco")).toEqual({ method: "mode", params: "eco" });
    expect(readCommand("set {a:1}")).toHaveProperty("wrong");
    expect(readCommand("   ")).toHaveProperty("wrong");
  });
});
