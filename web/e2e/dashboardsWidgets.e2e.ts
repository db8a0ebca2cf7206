/** What each core widget is for: values live, commands with their end told on the control. */
import {
  Machine,
  type Placed,
  constant,
  deafen,
  deviceOf,
  from,
  furnished,
  ofMachine,
  region,
  rpc,
  series,
  toMachine,
  withAlarm,
  withDashboard,
  withHistory,
  withWayDown,
} from "./dashboardsScene";
import { expect, test } from "./scene";

test("a switch sends, shows what the device reports, and falls back when nobody takes the command", async ({
  app,
  rest,
  broker,
}) => {
  const pump: Placed = {
    fqn: "single_switch",
    type: "rpc",
    title: "Pump",
    at: [0, 0, 5, 4],
    config: toMachine,
    settings: {
      initialState: from("pump"),
      onUpdateState: { ...rpc("setPump"), ...constant(true) },
      offUpdateState: { ...rpc("setPump"), ...constant(false) },
    },
  };
  const { machine, device } = await furnished({ app, rest, broker }, "Switched", { pump: false }, [pump]);
  const control = app.getByRole("switch", { name: "Pump" });
  await expect(control).not.toBeChecked();
  await control.click();
  await expect(control).toBeChecked();
  await expect(region(app, "Pump").getByRole("status")).toContainText("Delivered");
  await expect(region(app, "Pump")).toContainText("The device reports Off");
  await expect.poll(() => machine.told("setPump")).toEqual([true]);
  await machine.tell({ pump: true });
  await expect(region(app, "Pump")).not.toContainText("The device reports");
  await machine.tell({ pump: false });
  await expect(control).not.toBeChecked();

  // A chain that leads nowhere takes no command.
  await deafen(rest, device, "switch");
  await control.click();
  await expect(region(app, "Pump").getByRole("status")).toContainText("Failed", { timeout: 20_000 });
  await expect(control).not.toBeChecked();
  machine.stop();
});

test("a slider and a stepper send when they rest, a button what it is set to", async ({
  app,
  rest,
  broker,
}) => {
  const { machine } = await furnished({ app, rest, broker }, "Pressed", { speed: 40, level: 3 }, [
    {
      fqn: "slider",
      type: "rpc",
      title: "Speed",
      at: [0, 0, 6, 4],
      config: { ...toMachine, units: "%" },
      settings: { tickMin: 0, tickMax: 80, initialState: from("speed"), valueChange: rpc("setSpeed") },
    },
    {
      fqn: "value_stepper",
      type: "rpc",
      title: "Level",
      at: [6, 0, 5, 4],
      config: toMachine,
      settings: {
        maxValueRange: 5,
        initialState: from("level"),
        rightButtonClick: rpc("more"),
        leftButtonClick: rpc("less"),
      },
    },
    {
      fqn: "control_widgets.rpcbutton",
      type: "rpc",
      title: "Restart",
      at: [11, 0, 5, 4],
      config: toMachine,
      settings: {
        buttonText: "Restart now",
        methodName: "restart",
        methodParams: '{"soft":true}',
        oneWayElseTwoWay: false,
      },
    },
  ]);
  machine.answers.restart = () => ({ done: "in 5 s" });
  const slider = app.getByRole("slider", { name: "Speed" });
  await expect(slider).toHaveValue("40");
  await slider.focus();
  await app.keyboard.press("ArrowRight");
  await app.keyboard.press("ArrowRight");
  await expect.poll(() => machine.told("setSpeed")).toEqual([42]);
  await expect(region(app, "Speed").getByRole("status")).toContainText("Delivered");

  await app.getByRole("button", { name: "More Level" }).click();
  await app.getByRole("button", { name: "More Level" }).click();
  await expect(app.getByRole("button", { name: "More Level" })).toBeDisabled();
  await expect.poll(() => machine.told("more")).toEqual([5]);
  await app.getByRole("button", { name: "Less Level" }).click();
  await expect.poll(() => machine.told("less")).toEqual([4]);

  await app.getByRole("button", { name: "Restart now" }).click();
  await expect(region(app, "Restart").getByRole("status")).toContainText('{"done":"in 5 s"}');
  expect(machine.told("restart")).toEqual([{ soft: true }]);
  machine.stop();
});

test("a terminal shows answers, waits honestly, and tells why a command failed", async ({
  app,
  rest,
  broker,
}) => {
  const { machine } = await furnished({ app, rest, broker }, "Typed", { on: 1 }, [
    {
      fqn: "control_widgets.rpc_debug_terminal",
      type: "rpc",
      title: "Terminal",
      at: [0, 0, 10, 7],
      config: toMachine,
      settings: { requestTimeout: 500 },
    },
  ]);
  machine.answers.sum = (params) =>
    Array.isArray(params) ? params.reduce((a: number, b: number) => a + b, 0) : 0;
  const line = app.getByRole("textbox", { name: "Command" });
  const log = app.getByRole("log", { name: "Commands and answers" });
  await line.fill("sum [1, 2, 39]");
  await line.press("Enter");
  await expect(log).toContainText("42");
  await line.fill("sum [1,");
  await line.press("Enter");
  await expect(app.getByRole("alert")).toContainText("no JSON");
  // Taken by the broker, never answered: 500 ms of an old dashboard count as 5 s.
  await line.fill("silence");
  await line.press("Enter");
  await expect(log.getByRole("status")).toContainText("waits for the device's answer");
  await expect(log.getByRole("status")).toContainText("Failed", { timeout: 12_000 });
  await line.press("ArrowUp");
  await expect(line).toHaveValue("silence");
  machine.stop();
});

test("stored commands tell their state on the control and in their table", async ({ app, rest, broker }) => {
  const { machine } = await furnished({ app, rest, broker }, "Stored", { on: 1 }, [
    {
      fqn: "command_button",
      type: "rpc",
      title: "Later",
      at: [0, 0, 5, 3],
      config: toMachine,
      settings: { label: "Do it later", onClickState: rpc("later", { requestPersistent: true }) },
    },
    {
      fqn: "control_widgets.persistent_table",
      type: "rpc",
      title: "Queue",
      at: [5, 0, 10, 5],
      config: toMachine,
    },
  ]);
  await expect(region(app, "Queue")).toContainText("No stored commands.");
  await app.getByRole("button", { name: "Do it later" }).click();
  await expect(region(app, "Later").getByRole("status")).toContainText("Delivered");
  await expect.poll(() => machine.told("later").length).toBe(1);
  await expect(app.getByRole("table", { name: "Queue" }).getByRole("row", { name: /later/ })).toContainText(
    "Delivered",
  );
  machine.stop();
});

test("a knob asks the device for its value, and sends nothing while the dashboard is edited", async ({
  app,
  rest,
  broker,
}) => {
  await withWayDown(rest, broker.port);
  const machine = await Machine.start(broker, "Asked");
  machine.answers.getValue = () => 21;
  await machine.tell({ on: 1 });
  const device = await deviceOf(rest, "Asked");
  const id = await withDashboard(rest, "Asked", device, [
    {
      fqn: "control_widgets.knob_control",
      type: "rpc",
      title: "Target",
      at: [0, 0, 6, 6],
      config: toMachine,
      settings: { minValue: 15, maxValue: 45, requestTimeout: 500 },
    },
  ]);
  await app.goto(`/dashboards/${id}`);
  const knob = app.getByRole("slider", { name: "Target" });
  await expect(knob).toHaveAttribute("aria-valuenow", "21");
  const box = await knob.boundingBox();
  if (!box) throw new Error("the knob is not there");
  // Dragged from the left over the top: one command at the end, not one for each pixel.
  const middle = { x: box.x + box.width / 2, y: box.y + box.height * 0.54 };
  await app.mouse.move(middle.x - 60, middle.y);
  await app.mouse.down();
  await app.mouse.move(middle.x - 30, middle.y - 60, { steps: 5 });
  await app.mouse.move(middle.x, middle.y - 70, { steps: 5 });
  await app.mouse.up();
  await expect.poll(() => machine.told("setValue")).toEqual([30]);
  await expect(region(app, "Target").getByRole("status")).toContainText("Delivered");
  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await app.getByRole("application", { name: /^Target/ }).focus();
  await app.keyboard.press("End");
  await app.mouse.click(middle.x - 60, middle.y);
  await app.getByRole("button", { name: "Cancel" }).click();
  await expect(app.getByRole("button", { name: "Edit", exact: true })).toBeVisible();
  expect(machine.told("setValue")).toEqual([30]);
  machine.stop();
});

test("while a command is under way newer values replace each other, and the last one is always sent", async ({
  app,
  rest,
  broker,
}) => {
  const { machine } = await furnished({ app, rest, broker }, "Slow", { level: 10 }, [
    {
      fqn: "control_widgets.knob_control",
      type: "rpc",
      title: "Level",
      at: [0, 0, 6, 6],
      config: toMachine,
      settings: { minValue: 0, maxValue: 100, initialState: from("level"), valueChange: rpc("setLevel") },
    },
  ]);
  const knob = app.getByRole("slider", { name: "Level" });
  await expect(knob).toHaveAttribute("aria-valuenow", "10");
  const held: (() => void)[] = [];
  await app.route("**/api/rpc/oneway/**", async (route) => {
    await new Promise<void>((go) => held.push(go));
    await route.continue();
  });
  await knob.focus();
  const status = region(app, "Level").getByRole("status");
  await app.keyboard.press("PageUp");
  await expect(status).toContainText("Sending");
  await expect.poll(() => held.length).toBe(1);
  for (const value of ["30", "40", "50"]) {
    await app.keyboard.press("PageUp");
    await expect(knob).toHaveAttribute("aria-valuenow", value);
    // Long enough for each of them to rest and be sent, if the way were free.
    await app.waitForTimeout(500);
  }
  expect(held.length).toBe(1);
  held[0]?.();
  await expect.poll(() => held.length).toBe(2);
  held[1]?.();
  await expect.poll(() => machine.told("setLevel")).toEqual([20, 50]);
  await expect(status).toContainText("Delivered");
  machine.stop();
});

test("an LED, cards and gauges follow the values", async ({ app, rest, broker }) => {
  const { machine } = await furnished(
    { app, rest, broker },
    "Followed",
    { heater: 0, temperature: 20.26, note: "calm" },
    [
      {
        fqn: "control_widgets.led_indicator",
        type: "rpc",
        title: "Heater",
        at: [0, 0, 4, 4],
        config: toMachine,
        settings: { performCheckStatus: false, retrieveValueMethod: "timeseries", valueAttribute: "heater" },
      },
      {
        fqn: "cards.value_card",
        type: "latest",
        title: "Now",
        at: [4, 0, 4, 4],
        config: ofMachine(series("temperature", { label: "${entityName} now", units: "°C", decimals: 1 })),
      },
      {
        fqn: "digital_gauges.horizontal_bar_justgage",
        type: "latest",
        title: "Bar",
        at: [8, 0, 6, 4],
        config: ofMachine(series("temperature", { label: "Bar of it", units: "°C" })),
        settings: { minValue: 0, maxValue: 40, gaugeType: "horizontalBar" },
      },
      {
        fqn: "analogue_gauges.radial_gauge_canvas_gauges",
        type: "latest",
        title: "Dial",
        at: [14, 0, 5, 5],
        config: ofMachine(series("temperature", { label: "Dial of it" })),
        settings: { minValue: 0, maxValue: 40 },
      },
      {
        fqn: "cards.attributes_card",
        type: "latest",
        title: "All",
        at: [0, 5, 8, 5],
        config: ofMachine(series("temperature"), series("note")),
      },
    ],
  );
  await expect(app.getByRole("img", { name: "Heater: off" })).toBeVisible();
  await expect(region(app, "Now")).toContainText("Followed now");
  await expect(region(app, "Now")).toContainText("20.3 °C");
  await expect(app.getByRole("meter", { name: "Dial of it" })).toHaveAttribute("aria-valuenow", "20.26");
  await machine.tell({ heater: 1, temperature: 31.5, note: "hot" });
  await expect(app.getByRole("img", { name: "Heater: on" })).toBeVisible();
  await expect(app.getByRole("meter", { name: "Bar of it" })).toHaveAttribute("aria-valuetext", "31.5 °C");
  await expect(app.getByRole("meter", { name: "Dial of it" })).toHaveAttribute("aria-valuenow", "31.5");
  await expect(app.getByRole("row", { name: /note/ })).toContainText("hot");
  machine.stop();
});

test("a card of HTML or Markdown shows text and values, and runs nothing", async ({ app, rest, broker }) => {
  const { machine } = await furnished({ app, rest, broker }, "Written", { temperature: 20 }, [
    {
      fqn: "cards.html_value_card",
      type: "latest",
      title: "Card",
      at: [0, 0, 8, 5],
      config: ofMachine(series("temperature", { units: "°C" })),
      settings: {
        cardHtml: `<h1 style="color: red" onclick="document.title='hit'">Boiler</h1>
          <script>document.title = "hit"</script>
          <img src="x" onerror="document.title='hit'"><img src="https://example.org/a.png" alt="foreign">
          <a href="javascript:document.title='hit'">bad</a> <a href="https://example.org/">good</a>
          <iframe src="/"></iframe><form><input></form><b>\${temperature:1}</b>`,
      },
    },
    {
      fqn: "cards.markdown_card",
      type: "static",
      title: "Notes",
      at: [8, 0, 8, 5],
      config: ofMachine(series("temperature")),
      settings: { markdownTextPattern: "## On ${entityName}\n\n* **${temperature}** now" },
    },
  ]);
  const card = region(app, "Card");
  await expect(card).toContainText("20.0 °C");
  await expect(card.getByRole("heading", { name: "Boiler" })).toHaveCSS("color", "rgb(255, 0, 0)");
  await expect(card.getByRole("link", { name: "good" })).toHaveAttribute("rel", "noopener noreferrer");
  await expect(card.getByRole("link", { name: "bad" })).toHaveCount(0);
  await expect(card.locator("script, iframe, form, input, [onclick], [onerror], [src]")).toHaveCount(0);
  await expect(region(app, "Notes").getByRole("heading", { name: "On Written" })).toBeVisible();
  await expect(region(app, "Notes").getByRole("listitem")).toHaveText("20 now");
  await machine.tell({ temperature: 33.21 });
  await expect(card).toContainText("33.2 °C");
  await expect(app).toHaveTitle(/About Written/);
  machine.stop();
});

test("charts draw very many values as what their pixels show, follow new ones, and zoom", async ({
  app,
  rest,
  broker,
}) => {
  test.setTimeout(120_000);
  await withWayDown(rest, broker.port);
  const machine = await Machine.start(broker, "Drawn");
  await machine.tell({ temperature: 20 });
  const device = await deviceOf(rest, "Drawn");
  await withHistory(rest, device, 100_000, 30);
  const chart = (fqn: string, title: string, x: number): Placed => ({
    fqn,
    type: "timeseries",
    title,
    at: [x, 0, 12, 7],
    config: ofMachine(series("temperature", { label: "Temperature", units: "°C", decimals: 1 })),
  });
  const id = await withDashboard(
    rest,
    "Charts",
    device,
    [chart("time_series_chart", "Lines", 0), chart("bar_chart", "Bars", 12)],
    { timewindow: { realtime: { timewindowMs: 3_600_000 }, aggregation: { type: "NONE" } } },
  );
  let received = 0;
  app.on("response", (response) => {
    if (response.url().includes("/values/timeseries"))
      received += Number(response.headers()["content-length"] ?? 0);
  });
  await app.goto(`/dashboards/${id}`);
  const lines = app.getByRole("img", { name: /^Lines: \d+ values/ });
  await expect(lines).toBeVisible();
  const count = async (name: string) =>
    Number(
      /: (\d+) values/.exec(
        (await app.getByRole("img", { name: new RegExp(`^${name}:`) }).getAttribute("aria-label")) ?? "",
      )?.[1] ?? 0,
    );
  // Some 3 000 s of 100 000 values, as an outline: at most a few for each pixel.
  await expect.poll(() => count("Lines")).toBeGreaterThan(100);
  expect(await count("Lines")).toBeLessThan(5_000);
  expect(received).toBeLessThan(2_000_000);
  await expect(app.getByRole("img", { name: /from 17 to 25|from 17\.0/ }).first()).toBeVisible();

  await machine.tell({ temperature: 99.5 });
  await expect(app.getByRole("img", { name: /^Lines: .* to 99\.5/ })).toBeVisible();
  await expect(region(app, "Lines").getByRole("list", { name: "Series" })).toContainText("99.5 °C");

  // How long pictures take while the axis moves and values arrive.
  const slowest = await app.evaluate(
    () =>
      new Promise<number>((done) => {
        let [last, worst, frames] = [performance.now(), 0, 0];
        const look = (now: number) => {
          worst = Math.max(worst, now - last);
          last = now;
          frames += 1;
          if (frames < 120) requestAnimationFrame(look);
          else done(worst);
        };
        requestAnimationFrame(look);
      }),
  );
  expect(slowest).toBeLessThan(500);

  const box = await lines.boundingBox();
  if (!box) throw new Error("the chart is not there");
  await app.mouse.move(box.x + box.width * 0.4, box.y + 60);
  await app.mouse.down();
  await app.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 4 });
  await app.mouse.up();
  const shown = app.getByRole("button", { name: /^Time window: \d\d-\d\d/ });
  await expect(shown).toBeVisible();
  await shown.click();
  await app.getByRole("button", { name: "As saved" }).click();
  await expect(app.getByRole("button", { name: "Time window: Last hour" })).toBeVisible();
  machine.stop();
});

test("tables: entities sort and search, values of a time have rows, alarms are acknowledged", async ({
  app,
  rest,
  broker,
}) => {
  await withWayDown(rest, broker.port);
  const machines = await Promise.all(["Row A", "Row B", "Row C"].map((name) => Machine.start(broker, name)));
  for (const [index, machine] of machines.entries()) await machine.tell({ count: [9, 100, 20][index] });
  const device = await deviceOf(rest, "Row A");
  await deviceOf(rest, "Row C");
  await withAlarm(rest, device, "Too few", "MAJOR");
  const rows = {
    id: "rows",
    alias: "Rows",
    filter: { type: "entityName", entityType: "DEVICE", entityNameFilter: "Row ", resolveMultiple: true },
  };
  const about = { type: "entity", entityAliasId: "rows", dataKeys: [series("count")] };
  const id = await withDashboard(
    rest,
    "Tables",
    device,
    [
      {
        fqn: "cards.entities_table",
        type: "latest",
        title: "Rows",
        at: [0, 0, 12, 7],
        config: { datasources: [about] },
      },
      {
        fqn: "cards.timeseries_table",
        type: "timeseries",
        title: "Counts",
        at: [12, 0, 12, 7],
        config: { datasources: [about] },
      },
      {
        fqn: "alarm_widgets.alarms_table",
        type: "alarm",
        title: "Alarms",
        at: [0, 7, 16, 6],
        config: { alarmSource: { type: "entity", entityAliasId: "rows", dataKeys: [] } },
      },
      {
        fqn: "cards.value_card",
        type: "latest",
        title: "Many",
        at: [16, 7, 4, 4],
        config: {
          datasources: [
            {
              type: "entityCount",
              entityAliasId: "rows",
              filterId: "many",
              dataKeys: [{ name: "count", type: "count", label: "Above 50" }],
            },
          ],
        },
      },
    ],
    {
      entityAliases: { rows },
      filters: {
        many: {
          id: "many",
          filter: "Many",
          keyFilters: [
            {
              key: { type: "TIME_SERIES", key: "count" },
              valueType: "NUMERIC",
              predicates: [
                {
                  keyFilterPredicate: { type: "NUMERIC", operation: "GREATER", value: { defaultValue: 50 } },
                  userInfo: { editable: true, label: "", autogeneratedLabel: true, order: 0 },
                },
              ],
            },
          ],
        },
      },
    },
  );
  await app.goto(`/dashboards/${id}`);
  const table = app.getByRole("table", { name: "Rows" });
  const names = () => table.getByRole("rowheader").allTextContents();
  await expect.poll(names).toEqual(["Row A", "Row B", "Row C"]);
  await table.getByRole("button", { name: "count" }).click();
  await expect.poll(names).toEqual(["Row A", "Row C", "Row B"]);
  await expect(table.getByRole("columnheader", { name: "count" })).toHaveAttribute("aria-sort", "ascending");
  await expect(region(app, "Many").locator(".value-number")).toHaveText("1");
  await machines[0]?.tell({ count: 500 });
  await expect(region(app, "Many").locator(".value-number")).toHaveText("2", { timeout: 15_000 });
  await expect.poll(names).toEqual(["Row C", "Row B", "Row A"]);
  // A device that was not there when the dashboard was opened.
  const fourth = await Machine.start(broker, "Row D");
  await fourth.tell({ count: 1 });
  await expect.poll(names).toEqual(["Row D", "Row C", "Row B", "Row A"]);

  const counts = region(app, "Counts");
  await expect(counts.getByRole("row")).toHaveCount(3);
  await expect(counts.getByRole("row").nth(1)).toContainText("500");
  await counts.getByRole("button", { name: /Entity/ }).click();
  await app.getByRole("option", { name: "Row B" }).click();
  await expect(counts.getByRole("row").nth(1)).toContainText("100");

  const alarms = region(app, "Alarms");
  await expect(alarms.getByRole("row", { name: /Too few/ })).toContainText("Major");
  await alarms.getByRole("button", { name: "Acknowledge Too few" }).click();
  await expect(alarms.getByRole("button", { name: "Acknowledge Too few" })).toHaveCount(0);
  await alarms.getByRole("button", { name: "Clear Too few" }).click();
  await expect(alarms.getByRole("row", { name: /Too few/ })).toContainText(/Cleared|Too few/);
  for (const machine of [...machines, fourth]) machine.stop();
});
