/** Where controls read their value from, and what the rarer ones do. */
import {
  type Placed,
  constant,
  deafen,
  from,
  furnished,
  region,
  rpc,
  toMachine,
  withAlarm,
} from "./dashboardsScene";
import type { Rest, Saved } from "./rest";
import { expect, test } from "./scene";

const attributes = (rest: Rest, device: Saved["id"], scope: string) =>
  rest.get<{ key: string; value: unknown }[]>(
    `/api/plugins/telemetry/DEVICE/${device.id}/values/attributes/${scope}`,
  );
const write = (rest: Rest, device: Saved["id"], scope: string, values: Record<string, unknown>) =>
  rest.post<unknown>(`/api/plugins/telemetry/DEVICE/${device.id}/attributes/${scope}`, values);

const FIRST = { on: 1, mode: "eco" };

test("a switch follows an attribute, and writes it", async ({ app, rest, broker }) => {
  const { machine, device } = await furnished({ app, rest, broker }, "By attribute", FIRST, [
    {
      fqn: "single_switch",
      type: "rpc",
      title: "Lock",
      at: [0, 0, 5, 4],
      config: toMachine,
      settings: {
        initialState: {
          action: "GET_ATTRIBUTE",
          getAttribute: { scope: "SHARED_SCOPE", key: "lock" },
          dataToValue: { type: "NONE", compareToValue: "shut" },
        },
        onUpdateState: {
          action: "SET_ATTRIBUTE",
          setAttribute: { scope: "SHARED_SCOPE", key: "lock" },
          ...constant("shut"),
        },
        offUpdateState: {
          action: "SET_ATTRIBUTE",
          setAttribute: { scope: "SHARED_SCOPE", key: "lock" },
          ...constant("open"),
        },
      },
    },
  ]);
  const lock = app.getByRole("switch", { name: "Lock" });
  await expect(lock).not.toBeChecked();
  await write(rest, device, "SHARED_SCOPE", { lock: "shut" });
  await expect(lock).toBeChecked();
  // The same key in another scope is another attribute.
  await write(rest, device, "SERVER_SCOPE", { lock: "open" });
  await lock.click();
  await expect(lock).not.toBeChecked();
  await expect(region(app, "Lock").getByRole("status")).toContainText("Saved");
  await expect
    .poll(async () => (await attributes(rest, device, "SHARED_SCOPE")).find((one) => one.key === "lock"))
    .toMatchObject({ value: "open" });
  machine.stop();
});

test("a lamp follows whether an alarm of its kind is active", async ({ app, rest, broker }) => {
  const { machine, device } = await furnished({ app, rest, broker }, "By alarm", FIRST, [
    {
      fqn: "toggle_button",
      type: "rpc",
      title: "Fever",
      at: [0, 0, 5, 4],
      config: toMachine,
      settings: {
        initialState: {
          action: "GET_ALARM_STATUS",
          getAlarmStatus: { typeList: ["Too hot"], severityList: ["CRITICAL"] },
        },
        checkedAppearance: { label: "Burning" },
        uncheckedAppearance: { label: "Calm" },
        disabledState: { action: "GET_TIME_SERIES", getTimeSeries: { key: "locked" } },
        checkState: rpc("check"),
        uncheckState: { ...rpc("uncheck"), ...constant("now") },
      },
    },
  ]);
  const fever = app.getByRole("switch", { name: "Fever" });
  await expect(fever).not.toBeChecked();
  await expect(region(app, "Fever")).toContainText("Calm");
  await withAlarm(rest, device, "Too cold", "CRITICAL");
  await withAlarm(rest, device, "Too hot", "MINOR");
  await expect(fever).not.toBeChecked();
  const hot = await rest.post("/api/alarm", {
    type: "Too hot",
    originator: device,
    severity: "CRITICAL",
    status: "ACTIVE_UNACK",
  });
  await expect(fever).toBeChecked();
  await expect(region(app, "Fever")).toContainText("Burning");
  await fever.click();
  await expect.poll(() => machine.told("uncheck")).toEqual(["now"]);
  await rest.post<unknown>(`/api/alarm/${hot.id.id}/clear`, undefined);
  await expect(fever).not.toBeChecked();
  await fever.click();
  await expect.poll(() => machine.told("check")).toEqual([true]);
  await machine.tell({ locked: true });
  await expect(fever).toBeDisabled();
  machine.stop();
});

test("two segments show the open state and lead to the others, an action button too", async ({
  app,
  rest,
  broker,
}) => {
  const segments: Placed = {
    fqn: "two_segment_button",
    type: "latest",
    title: "Views",
    at: [0, 0, 6, 3],
    settings: {
      initialState: {
        action: "GET_DASHBOARD_STATE",
        dataToValue: { type: "NONE", compareToValue: "default" },
      },
      leftButtonClick: { type: "openDashboardState", targetDashboardStateId: "default" },
      rightButtonClick: { type: "openDashboardState", targetDashboardStateId: "detail" },
      appearance: { leftAppearance: { label: "All" }, rightAppearance: { label: "One" } },
    },
  };
  const button: Placed = {
    fqn: "action_button",
    type: "latest",
    title: "Lead",
    at: [6, 0, 5, 3],
    config: {
      ...toMachine,
      actions: {
        click: [
          { name: "go", type: "openDashboardState", targetDashboardStateId: "detail", setEntityId: true },
        ],
      },
    },
    settings: { appearance: { label: "Show the machine" } },
  };
  const layout = (ids: string[]) => ({
    layouts: {
      main: {
        gridSettings: { columns: 24 },
        widgets: Object.fromEntries(ids.map((id, at) => [id, { col: at * 8, row: 0, sizeX: 6, sizeY: 3 }])),
      },
    },
  });
  const { machine, device } = await furnished(
    { app, rest, broker },
    "By state",
    FIRST,
    [segments, button],
    () => ({
      states: {
        default: { name: "Overview", root: true, ...layout(["w0", "w1"]) },
        detail: { name: "Detail", root: false, ...layout(["w0"]) },
      },
    }),
  );
  const group = app.getByRole("radiogroup", { name: "Views" });
  await expect(group.getByRole("radio", { name: "All" })).toBeChecked();
  await group.getByRole("radio", { name: "One" }).click();
  await expect(group.getByRole("radio", { name: "One" })).toBeChecked();
  await expect(app).toHaveURL(/state=default%2Fdetail|state=.*detail/);
  await group.getByRole("radio", { name: "All" }).click();
  await expect(group.getByRole("radio", { name: "All" })).toBeChecked();
  await app.getByRole("button", { name: "Show the machine" }).click();
  await expect(group.getByRole("radio", { name: "One" })).toBeChecked();
  await expect(app).toHaveURL(new RegExp(device.id));
  machine.stop();
});

test("two segments send, a toggle follows a time series, a button writes its attributes", async ({
  app,
  rest,
  broker,
}) => {
  const { machine, device } = await furnished({ app, rest, broker }, "By series", FIRST, [
    {
      fqn: "two_segment_button",
      type: "rpc",
      title: "Mode",
      at: [0, 0, 6, 3],
      config: toMachine,
      settings: {
        initialState: { ...from("mode"), dataToValue: { type: "NONE", compareToValue: "eco" } },
        leftButtonClick: { ...rpc("mode"), ...constant("eco") },
        rightButtonClick: { ...rpc("mode"), ...constant("boost") },
      },
    },
    {
      fqn: "control_widgets.update_attributes",
      type: "rpc",
      title: "Limits",
      at: [6, 0, 6, 3],
      config: toMachine,
      settings: {
        buttonText: "Write limits",
        entityAttributeType: "SERVER_SCOPE",
        entityParameters: '{"low": 5, "high": "forty"}',
      },
    },
    {
      fqn: "command_button",
      type: "rpc",
      title: "Later",
      at: [12, 0, 6, 3],
      config: toMachine,
      settings: {
        appearance: { label: "Keep for later" },
        onClickState: rpc("later", { requestPersistent: true }),
      },
    },
    {
      fqn: "control_widgets.persistent_table",
      type: "rpc",
      title: "Kept",
      at: [0, 3, 10, 5],
      config: toMachine,
    },
  ]);
  const mode = app.getByRole("radiogroup", { name: "Mode" });
  await expect(mode.getByRole("radio", { name: "Left" })).toBeChecked();
  await mode.getByRole("radio", { name: "Right" }).click();
  await expect.poll(() => machine.told("mode")).toEqual(["boost"]);
  await machine.tell({ mode: "boost" });
  await expect(mode.getByRole("radio", { name: "Right" })).toBeChecked();

  await app.getByRole("button", { name: "Write limits" }).click();
  await expect(region(app, "Limits").getByRole("status")).toContainText("Saved");
  await expect
    .poll(async () =>
      Object.fromEntries(
        (await attributes(rest, device, "SERVER_SCOPE")).map(({ key, value }) => [key, value]),
      ),
    )
    .toMatchObject({ low: 5, high: "forty" });

  await app.getByRole("button", { name: "Keep for later" }).click();
  const row = app.getByRole("table", { name: "Kept" }).getByRole("row", { name: /later/ });
  await expect(row).toContainText("Delivered");
  const stored = () =>
    rest.get<{ data: unknown[] }>(`/api/rpc/persistent/device/${device.id}?pageSize=5&page=0`);
  expect((await stored()).data).toHaveLength(1);
  await row.getByRole("button", { name: "Delete later" }).click();
  await expect(region(app, "Kept")).toContainText("No stored commands.");
  expect((await stored()).data).toHaveLength(0);
  machine.stop();
});

test("a knob says on itself why its value could not be read", async ({ app, rest, broker }) => {
  const knob = (title: string, x: number, more: Record<string, unknown> = {}): Placed => ({
    fqn: "control_widgets.knob_control",
    type: "rpc",
    title,
    at: [x, 0, 6, 6],
    config: toMachine,
    settings: { minValue: 0, maxValue: 40, initialValue: 12, requestTimeout: 500, ...more },
  });
  const { machine, device } = await furnished({ app, rest, broker }, "Mute", FIRST, [knob("Asked", 0)]);
  // It is there but answers nothing: 500 ms of an old dashboard count as 5 s.
  await expect(region(app, "Asked").getByRole("status")).toContainText("Not read", { timeout: 15_000 });
  await expect(region(app, "Asked").getByRole("status")).toContainText(/no answer|did not answer|in time/i);
  await expect(app.getByRole("slider", { name: "Asked" })).toHaveAttribute("aria-valuenow", "12");

  // A chain that leads nowhere: nobody takes what is asked.
  await deafen(rest, device, "knob");
  await app.reload();
  const status = region(app, "Asked").getByRole("status");
  await expect(status).toContainText("Not read", { timeout: 15_000 });
  await expect(status).not.toContainText(/undefined|object/);
  await expect(status).toContainText(/offline|rule chain|nobody|no active/i);
  // What was not read can still be sent to, and the reason of that is told in its place.
  await app.getByRole("slider", { name: "Asked" }).focus();
  await app.keyboard.press("ArrowUp");
  await expect(status).toContainText("Failed", { timeout: 15_000 });
  machine.stop();
});
