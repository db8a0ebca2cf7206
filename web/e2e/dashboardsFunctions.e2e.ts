/** Functions of stored dashboards run in a sandbox: as their authors meant, and harmless whoever wrote them. */
import type { Page } from "@playwright/test";
import { type Placed, from, furnished, ofMachine, region, rpc, series, toMachine } from "./dashboardsScene";
import { accessible, expect, test } from "./scene";

const notice = (app: Page, name: string) =>
  region(app, name).getByRole("list", { name: "What does not work here" });

test("functions turn values, cells, rows, texts and colours into what they were written for", async ({
  app,
  rest,
  broker,
}) => {
  const { machine } = await furnished({ app, rest, broker }, "Turned", { temperature: 20, active: "true" }, [
    {
      fqn: "cards.entities_table",
      type: "latest",
      title: "Table",
      at: [0, 0, 10, 5],
      config: ofMachine(
        series("active", {
          settings: {
            useCellContentFunction: true,
            cellContentFunction: "value = '&#11044; <b>' + entity.entityName + '</b>';\nreturn value;",
            useCellStyleFunction: true,
            cellStyleFunction:
              "return { color: value === 'true' ? 'rgb(39, 134, 34)' : 'rgb(255, 0, 0)', fontSize: '18px', position: 'fixed' };",
          },
        }),
        series("temperature", {
          usePostProcessing: true,
          postFuncBody: "return value * 1.8 + 32;",
          units: "°F",
          decimals: 1,
        }),
      ),
      settings: {
        useRowStyleFunction: true,
        rowStyleFunction: "return { backgroundColor: entity.temperature > 80 ? '#ff0000' : '#00ff00' };",
      },
    },
    {
      fqn: "cards.value_card",
      type: "latest",
      title: "Card",
      at: [10, 0, 4, 4],
      config: ofMachine(series("temperature", { units: "°C" })),
      settings: {
        valueColor: {
          type: "function",
          colorFunction: "return value > 30 ? '#ff0000' : '#0000ff';",
        },
      },
    },
    {
      fqn: "cards.markdown_card",
      type: "latest",
      title: "Text",
      at: [14, 0, 5, 4],
      config: ofMachine(series("temperature", { label: "Temp" })),
      settings: {
        useMarkdownTextFunction: true,
        markdownTextFunction:
          "return '**' + data[0].entityName + '** has ' + (data[0].Temp > 30 ? 'fever' : 'rest') + ' ${Temp:1}<script>1</script>';",
      },
    },
    {
      fqn: "cards.timeseries_table",
      type: "timeseries",
      title: "Times",
      at: [0, 5, 10, 5],
      config: ofMachine(
        series("active", {
          settings: { useCellContentFunction: true, cellContentFunction: "return value.toUpperCase();" },
        }),
        series("active", {
          label: "Again",
          settings: { useCellContentFunction: true, cellContentFunction: "return value.length + 'x';" },
        }),
      ),
    },
    {
      fqn: "cards.value_card",
      type: "latest",
      title: "Made up",
      at: [19, 0, 4, 4],
      config: {
        datasources: [
          {
            type: "function",
            name: "Demo",
            dataKeys: [
              {
                name: "f(x)",
                type: "function",
                label: "Made",
                funcBody: "return prevValue + 1;",
                settings: {},
              },
            ],
          },
        ],
      },
    },
    {
      fqn: "time_series_chart",
      type: "timeseries",
      title: "Chart",
      at: [10, 5, 8, 5],
      config: ofMachine(
        series("temperature", { usePostProcessing: true, postFuncBody: "return value + 1000;" }),
      ),
      settings: { yAxes: { default: { ticksFormatter: "return value / 1000 + 'K';" } } },
    },
  ]);
  const cell = app.getByRole("table", { name: "Table" }).getByRole("cell").first();
  await expect(cell).toHaveText("⬤ Turned");
  await expect(cell).toHaveCSS("color", "rgb(39, 134, 34)");
  await expect(cell).toHaveCSS("font-size", "18px");
  await expect(cell).toHaveCSS("position", "static");
  const row = app.getByRole("table", { name: "Table" }).getByRole("row").nth(1);
  await expect(row).toContainText("68.0 °F");
  await expect(row).toHaveCSS("background-color", "rgb(0, 255, 0)");
  const value = region(app, "Card").locator(".value-number");
  await expect(value).toHaveCSS("color", "rgb(0, 0, 255)");
  await expect(region(app, "Text")).toContainText("Turned has rest 20.0");
  await expect(region(app, "Times").getByRole("cell", { name: "TRUE" })).toBeVisible();
  await expect(region(app, "Times").getByRole("cell", { name: "4x" })).toBeVisible();
  await expect(app.getByRole("img", { name: /^Chart: 1 values from 1020 to 1020/ })).toBeVisible();
  const made = async () => Number(await region(app, "Made up").locator(".value-number").textContent());
  await expect.poll(made).toBeGreaterThan(2);

  await machine.tell({ temperature: 35, active: "false" });
  await expect(row).toContainText("95.0 °F");
  await expect(row).toHaveCSS("background-color", "rgb(255, 0, 0)");
  await expect(cell).toHaveCSS("color", "rgb(255, 0, 0)");
  await expect(value).toHaveCSS("color", "rgb(255, 0, 0)");
  await expect(region(app, "Text")).toContainText("Turned has fever 35.0");
  await expect(app.getByRole("img", { name: /^Chart: 2 values from 1020 to 1035/ })).toBeVisible();
  await expect(app.getByRole("list", { name: "What does not work here" })).toHaveCount(0);
  machine.stop();
});

test("functions of controls read what a device says and write what it wants", async ({
  app,
  rest,
  broker,
}) => {
  const { machine } = await furnished({ app, rest, broker }, "Valve", { state: "OPEN", level: 4 }, [
    {
      fqn: "single_switch",
      type: "rpc",
      title: "New",
      at: [0, 0, 5, 4],
      config: toMachine,
      settings: {
        initialState: {
          ...from("state"),
          dataToValue: { type: "FUNCTION", dataToValueFunction: "return data === 'OPEN';" },
        },
        onUpdateState: {
          ...rpc("turn"),
          valueToData: { type: "FUNCTION", valueToDataFunction: "return { to: value ? 'OPEN' : 'SHUT' };" },
        },
        offUpdateState: {
          ...rpc("turn"),
          valueToData: { type: "FUNCTION", valueToDataFunction: "return nothing.at.all;" },
        },
      },
    },
    {
      fqn: "control_widgets.round_switch",
      type: "rpc",
      title: "Old",
      at: [5, 0, 5, 4],
      config: toMachine,
      settings: {
        retrieveValueMethod: "timeseries",
        valueKey: "level",
        parseValueFunction: "return data > 5;",
        convertValueFunction: "return value ? 9 : 1;",
        setValueMethod: "setLevel",
      },
    },
  ]);
  const modern = app.getByRole("switch", { name: "New" });
  await expect(modern).toBeChecked();
  await machine.tell({ state: "SHUT" });
  await expect(modern).not.toBeChecked();
  await modern.click();
  await expect.poll(() => machine.told("turn")).toEqual([{ to: "OPEN" }]);
  await machine.tell({ state: "OPEN" });
  await expect(modern).toBeChecked();
  // A function that fails sends nothing, and says so.
  await modern.click();
  await expect(region(app, "New").getByRole("status")).toContainText(
    "valueToDataFunction: 'nothing' is not defined",
  );
  await expect(modern).toBeChecked();
  expect(machine.told("turn")).toHaveLength(1);
  const old = app.getByRole("switch", { name: "Old" });
  await expect(old).not.toBeChecked();
  await old.click();
  await expect.poll(() => machine.told("setLevel")).toEqual([9]);
  await machine.tell({ level: 9 });
  await expect(old).toBeChecked();
  machine.stop();
});

test("a dashboard of a stranger can spin, grow, recurse and reach for the page, and harms nothing", async ({
  app,
  rest,
  broker,
}) => {
  test.setTimeout(60_000);
  const problems: string[] = [];
  app.on("pageerror", (error) => problems.push(error.message));
  const card = (title: string, x: number, y: number, postFuncBody: string): Placed => ({
    fqn: "cards.value_card",
    type: "latest",
    title,
    at: [x, y, 4, 4],
    config: ofMachine(series("temperature", { usePostProcessing: true, postFuncBody })),
  });
  const asked: string[] = [];
  app.on("request", (request) => asked.push(request.url()));
  const { machine } = await furnished({ app, rest, broker }, "Stranger", { temperature: 20 }, [
    card("Spins", 0, 0, "for (;;) {}"),
    card("Hangs", 4, 0, "return new Array(5e8).join('ab');"),
    card("Grows", 8, 0, "return 'x'.repeat(1e9);"),
    card("Deep", 12, 0, "return eval('('.repeat(1e5));"),
    card("Cyclic", 16, 0, "const a = {}; a.a = a; return a;"),
    card("Throws", 20, 0, "throw new Error('no such unit');"),
    card("Fetches", 0, 4, "fetch('/api/user?stolen'); return 1;"),
    card("Imports", 4, 4, "return import('/files/stolen.js');"),
    card(
      "Escapes",
      8,
      4,
      "const g = [].constructor.constructor('return this')(); g.postMessage?.('x'); g.location = '/stolen'; return 'out ' + typeof g.document + typeof g.fetch + typeof g.importScripts;",
    ),
    card(
      "Pollutes",
      12,
      4,
      'Object.prototype.hit = 1; return JSON.parse(\'{"__proto__":{"hit":1},"a":2}\');',
    ),
    card("Fine", 16, 4, "return value / 2;"),
    {
      ...card("Html", 20, 4, "return value;"),
      fqn: "cards.entities_table",
      config: ofMachine(
        series("temperature", {
          settings: {
            useCellContentFunction: true,
            cellContentFunction:
              "return '<img src=x onerror=\"document.title=1\"><script>document.title=1</script><b>bold</b><img src=https://example.org/stolen.png>';",
          },
        }),
      ),
    },
  ]);
  await expect(notice(app, "Spins")).toContainText(
    "postFuncBody of temperature failed: it ran longer than 250 ms",
  );
  await expect(notice(app, "Grows")).toContainText("more memory");
  await expect(notice(app, "Cyclic")).toContainText("circular reference");
  await expect(notice(app, "Throws")).toContainText("no such unit");
  await expect(notice(app, "Fetches")).toContainText("'fetch' is not defined");
  await expect(notice(app, "Imports")).toContainText("asynchronous");
  await expect(notice(app, "Hangs")).toContainText("had to be stopped", { timeout: 20_000 });
  await expect(notice(app, "Deep")).toContainText("too deeply", { timeout: 20_000 });
  for (const name of ["Spins", "Hangs", "Grows", "Deep", "Cyclic", "Throws"]) {
    await expect(region(app, name).locator(".value-number")).toHaveText("20");
    await expect(notice(app, name).getByRole("listitem")).toHaveCount(1);
  }
  await expect(region(app, "Fine").locator(".value-number")).toHaveText("10", { timeout: 20_000 });
  await expect(region(app, "Escapes").locator(".value-number")).toHaveText("out undefinedundefinedundefined");
  await expect(region(app, "Pollutes").locator(".value-number")).toHaveText('{"a":2}');
  await expect(region(app, "Html").getByText("bold")).toBeVisible();
  await expect(region(app, "Html").locator("script, img[src]")).toHaveCount(0);

  // The page lives on: values arrive, and what hangs is not tried again.
  await machine.tell({ temperature: 44 });
  await expect(region(app, "Fine").locator(".value-number")).toHaveText("22");
  await expect(region(app, "Hangs").locator(".value-number")).toHaveText("44");
  expect(await app.evaluate(() => (Object.prototype as Record<string, unknown>).hit)).toBeUndefined();
  await expect(app).toHaveTitle(/About Stranger/);
  expect(asked.filter((url) => url.includes("stolen"))).toEqual([]);
  await accessible(app, "functions that failed");
  expect(problems).toEqual([]);
  machine.stop();
});

test("a dashboard without functions loads no sandbox, and the page allows nothing unsafe", async ({
  app,
  rest,
  broker,
}) => {
  const files: string[] = [];
  app.on("request", (request) => files.push(request.url()));
  const plain: Placed = {
    fqn: "cards.value_card",
    type: "latest",
    title: "Plain",
    at: [0, 0, 4, 4],
    config: ofMachine(series("temperature")),
  };
  const { machine } = await furnished({ app, rest, broker }, "Bare", { temperature: 20 }, [plain]);
  await expect(region(app, "Plain").locator(".value-number")).toHaveText("20");
  expect(files.filter((url) => /sandbox|\.wasm/.test(url))).toEqual([]);
  const reply = await app.reload();
  expect(reply?.headers()["content-security-policy"]).not.toContain("unsafe");
  machine.stop();
});
