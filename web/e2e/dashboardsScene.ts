/** A device that answers commands, behind the broker, and a dashboard with every kind of core widget. */
import { type ChildProcess, spawn } from "node:child_process";
import type { Page } from "@playwright/test";
import type { Broker } from "./processes";
import type { Rest, Saved } from "./rest";
import { expect } from "./scene";

const DECODER = `var body = decodeToJson(payload);
var levels = metadata.topic.split("/");
var result = { deviceName: levels[1], deviceType: levels[0] };
if (metadata.topic.endsWith("/answers")) {
    result.put("rpcResponse", { requestId: body.id, data: body.data });
} else {
    result.put("telemetry", body);
}
return result;`;

const ENCODER = `return {
    contentType: "JSON",
    data: '{"id":' + metadata.requestId + ',"method":"' + msg.method + '","params":' + msg.params + '}',
    metadata: { topic: "plant/" + metadata.deviceName + "/commands" }
};`;

interface Chain {
  nodes: Record<string, unknown>[];
  connections: { fromIndex: number; toIndex: number; type: string }[];
}

/** An integration with a way down, and the root chain that leads commands to it; once for each server. */
export async function withWayDown(rest: Rest, port: number): Promise<void> {
  const known = await rest.get<{ data: Saved[] }>("/api/integrations?pageSize=5&page=0&textSearch=Plant");
  if (known.data.length > 0) return;
  const converter = (name: string, type: string, script: Record<string, string>) =>
    rest.post("/api/converter", { name, type, configuration: { scriptLang: "TBEL", ...script } });
  const up = await converter("Plant decoder", "UPLINK", { tbelDecoder: DECODER });
  const down = await converter("Plant encoder", "DOWNLINK", { tbelEncoder: ENCODER });
  const integration = await rest.post("/api/integration", {
    name: "Plant",
    type: "MQTT",
    enabled: true,
    allowCreateDevicesOrAssets: true,
    defaultConverterId: up.id,
    downlinkConverterId: down.id,
    configuration: {
      clientConfiguration: {
        host: "127.0.0.1",
        port,
        cleanSession: false,
        credentials: { type: "anonymous" },
      },
      topicFilters: [
        { filter: "plant/+/values", qos: 1 },
        { filter: "plant/+/answers", qos: 1 },
      ],
    },
  });
  const status = () => rest.get<{ state: string }>(`/api/millrace/integration/${integration.id.id}/status`);
  await expect.poll(async () => (await status()).state).toBe("ACTIVE");
  const chains = await rest.get<{ data: (Saved & { root: boolean })[] }>(
    "/api/ruleChains?pageSize=10&page=0",
  );
  const root = chains.data.find((one) => one.root)?.id.id ?? "";
  const chain = await rest.get<Chain>(`/api/ruleChain/${root}/metadata`);
  const kinds = await rest.get<{ name: string; clazz: string }[]>(
    "/api/components?componentTypes=ACTION,EXTERNAL,FLOW",
  );
  const clazz = kinds.find((one) => one.name === "integration downlink")?.clazz;
  const from = chain.nodes.findIndex((one) => String(one.type).endsWith("TbMsgTypeSwitchNode"));
  await rest.post("/api/ruleChain/metadata", {
    ...chain,
    nodes: [
      ...chain.nodes,
      { type: clazz, name: "Down", configuration: { integrationId: integration.id.id }, additionalInfo: {} },
    ],
    connections: [
      ...chain.connections,
      { fromIndex: from, toIndex: chain.nodes.length, type: "RPC Request to Device" },
    ],
  });
}

export interface Heard {
  id: number;
  method: string;
  params: unknown;
}

/** A device at the broker: remembers what it was told, and answers what it is asked. */
export class Machine {
  readonly heard: Heard[] = [];
  /** What it answers, by method; a method without an answer stays unanswered. */
  readonly answers: Record<string, (params: unknown) => unknown> = {};
  readonly #name: string;
  readonly #broker: Broker;
  readonly #process: ChildProcess;

  private constructor(broker: Broker, name: string, process: ChildProcess) {
    this.#broker = broker;
    this.#name = name;
    this.#process = process;
  }

  static async start(broker: Broker, name: string): Promise<Machine> {
    const args = ["-h", "127.0.0.1", "-p", String(broker.port), "-q", "1", "-d", "-F", "payload %p"];
    const process = spawn("stdbuf", ["-oL", "mosquitto_sub", ...args, "-t", `plant/${name}/commands`], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const machine = new Machine(broker, name, process);
    await new Promise<void>((done) => {
      let rest = "";
      process.stdout.on("data", (part: Buffer) => {
        rest += part.toString();
        const lines = rest.split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          if (line.includes("SUBACK")) done();
          if (line.startsWith("payload ")) machine.#hear(JSON.parse(line.slice("payload ".length)) as Heard);
        }
      });
    });
    return machine;
  }

  #hear(command: Heard): void {
    this.heard.push(command);
    const answer = this.answers[command.method]?.(command.params);
    if (answer !== undefined)
      void this.#broker.publish(
        `plant/${this.#name}/answers`,
        JSON.stringify({ id: command.id, data: answer }),
      );
  }

  async tell(values: Record<string, unknown>): Promise<void> {
    await this.#broker.publish(`plant/${this.#name}/values`, JSON.stringify(values));
  }

  /** The parameters of the commands of a method, in their order. */
  told(method: string): unknown[] {
    return this.heard.filter((one) => one.method === method).map((one) => one.params);
  }

  stop(): void {
    this.#process.kill();
  }
}

/** The device's id, once its first values have made it. */
export async function deviceOf(rest: Rest, name: string): Promise<Saved["id"]> {
  const find = async () =>
    (await rest.get<{ data: Saved[] }>(`/api/tenant/devices?pageSize=1&page=0&textSearch=${name}`)).data[0];
  await expect.poll(async () => (await find())?.name).toBe(name);
  const device = await find();
  if (!device) throw new Error(`${name} is gone`);
  return device.id;
}

type Json = Record<string, unknown>;

export interface Placed {
  fqn: string;
  type: string;
  title: string;
  at: [x: number, y: number, w: number, h: number];
  config?: Json;
  settings?: Json;
}

export const series = (name: string, more: Json = {}) => ({ name, type: "timeseries", label: name, ...more });
export const ofMachine = (...keys: Json[]) => ({
  datasources: [{ type: "entity", entityAliasId: "machine", dataKeys: keys }],
});
export const toMachine = { targetDevice: { type: "entity", entityAliasId: "machine" } };
export const rpc = (method: string, more: Json = {}) => ({
  action: "EXECUTE_RPC",
  executeRpc: { method, requestTimeout: 5000, ...more },
});
export const from = (key: string) => ({ action: "GET_TIME_SERIES", getTimeSeries: { key } });
export const constant = (value: unknown) => ({ valueToData: { type: "CONSTANT", constantValue: value } });

/** A dashboard as it is stored, with the aliases `machine` (one) and `plant` (all of a type). */
export async function withDashboard(
  rest: Rest,
  title: string,
  device: Saved["id"],
  widgets: Placed[],
  more: Json = {},
): Promise<string> {
  const saved = await rest.post("/api/dashboard", {
    title,
    configuration: {
      widgets: Object.fromEntries(
        widgets.map(({ fqn, type, title, config, settings = {} }, index) => [
          `w${index}`,
          { typeFullFqn: `system.${fqn}`, type, id: `w${index}`, config: { title, settings, ...config } },
        ]),
      ),
      states: {
        default: {
          name: "Overview",
          root: true,
          layouts: {
            main: {
              gridSettings: { columns: 24 },
              widgets: Object.fromEntries(
                widgets.map(({ at: [col, row, sizeX, sizeY] }, index) => [
                  `w${index}`,
                  { col, row, sizeX, sizeY },
                ]),
              ),
            },
          },
        },
      },
      entityAliases: {
        machine: { id: "machine", alias: "Machine", filter: { type: "singleEntity", singleEntity: device } },
        plant: {
          id: "plant",
          alias: "Plant",
          filter: { type: "deviceType", deviceTypes: ["plant"], resolveMultiple: true },
        },
      },
      timewindow: { realtime: { timewindowMs: 300_000, interval: 1000 }, aggregation: { type: "NONE" } },
      ...more,
    },
  });
  return saved.id.id;
}

interface Stage {
  rest: Rest;
  broker: Broker;
  app: Page;
}

/** A machine that has told its first values, and the page of a dashboard about it. */
export async function furnished(
  { rest, broker, app }: Stage,
  name: string,
  values: Record<string, unknown>,
  widgets: Placed[],
  more?: (device: Saved["id"]) => Json,
): Promise<{ machine: Machine; device: Saved["id"]; id: string }> {
  await withWayDown(rest, broker.port);
  const machine = await Machine.start(broker, name);
  await machine.tell(values);
  const device = await deviceOf(rest, name);
  const id = await withDashboard(rest, `About ${name}`, device, widgets, more?.(device));
  await app.goto(`/dashboards/${id}`);
  return { machine, device, id };
}

/** Leads the device's messages into a chain that leads nowhere: nobody takes its commands any more. */
export async function deafen(rest: Rest, device: Saved["id"], name: string): Promise<void> {
  const chain = await rest.post("/api/ruleChain", { name: `Nowhere for a ${name}` });
  const profile = await rest.post("/api/deviceProfile", {
    name: `deaf ${name}`,
    type: "DEFAULT",
    transportType: "DEFAULT",
    defaultRuleChainId: chain.id,
    profileData: { configuration: { type: "DEFAULT" }, transportConfiguration: { type: "DEFAULT" } },
  });
  const stored = await rest.get<Record<string, unknown>>(`/api/device/${device.id}`);
  await rest.post("/api/device", { ...stored, deviceProfileId: profile.id });
}

/** A widget by its title. */
export const region = (app: Page, name: string) => app.getByRole("region", { name, exact: true });

/** One of each core widget. */
export const ALL_WIDGETS: Placed[] = [
  {
    fqn: "control_widgets.knob_control",
    type: "rpc",
    title: "Setpoint",
    at: [0, 0, 5, 6],
    config: { ...toMachine, units: "°C", decimals: 0 },
    settings: { minValue: 0, maxValue: 50, initialState: from("temperature"), valueChange: rpc("setValue") },
  },
  {
    fqn: "single_switch",
    type: "rpc",
    title: "Pump",
    at: [5, 0, 4, 3],
    config: toMachine,
    settings: {
      initialState: from("pump"),
      onUpdateState: { ...rpc("setPump"), ...constant(true) },
      offUpdateState: { ...rpc("setPump"), ...constant(false) },
    },
  },
  {
    fqn: "command_button",
    type: "rpc",
    title: "Restart",
    at: [5, 3, 4, 3],
    config: toMachine,
    settings: { label: "Restart now", onClickState: { ...rpc("restart"), ...constant({ soft: true }) } },
  },
  {
    fqn: "slider",
    type: "rpc",
    title: "Speed",
    at: [9, 0, 5, 4],
    config: { ...toMachine, units: "%" },
    settings: { tickMin: 0, tickMax: 100, initialState: from("speed"), valueChange: rpc("setSpeed") },
  },
  {
    fqn: "control_widgets.led_indicator",
    type: "rpc",
    title: "Heater",
    at: [14, 0, 4, 4],
    config: toMachine,
    settings: { performCheckStatus: false, retrieveValueMethod: "timeseries", valueAttribute: "heater" },
  },
  {
    fqn: "power_button",
    type: "rpc",
    title: "Main power",
    at: [18, 0, 3, 4],
    config: toMachine,
    settings: { initialState: from("pump"), onUpdateState: rpc("on"), offUpdateState: rpc("off") },
  },
  {
    fqn: "value_stepper",
    type: "rpc",
    title: "Level",
    at: [21, 0, 3, 4],
    config: toMachine,
    settings: {
      initialState: from("level"),
      rightButtonClick: rpc("setLevel"),
      leftButtonClick: rpc("setLevel"),
    },
  },
  {
    fqn: "digital_gauges.horizontal_bar_justgage",
    type: "latest",
    title: "Temperature",
    at: [9, 4, 7, 3],
    config: { ...ofMachine(series("temperature", { label: "Temperature", units: "°C", decimals: 1 })) },
    settings: { minValue: 0, maxValue: 50, gaugeType: "horizontalBar" },
  },
  {
    fqn: "digital_gauges.gauge_justgage",
    type: "latest",
    title: "Speed gauge",
    at: [16, 4, 4, 5],
    config: { ...ofMachine(series("speed", { label: "Speed", units: "%" })) },
    settings: { minValue: 0, maxValue: 100, gaugeType: "arc" },
  },
  {
    fqn: "cards.value_card",
    type: "latest",
    title: "Humidity",
    at: [20, 4, 4, 3],
    config: {
      showTitle: false,
      ...ofMachine(series("humidity", { label: "Humidity", units: "%", decimals: 1 })),
    },
  },
  {
    fqn: "cards.horizontal_value_card",
    type: "latest",
    title: "Level now",
    at: [20, 7, 4, 2],
    config: { showTitle: false, ...ofMachine(series("level", { label: "Level", units: "mm" })) },
  },
  {
    fqn: "time_series_chart",
    type: "timeseries",
    title: "Temperature and humidity",
    at: [0, 6, 9, 6],
    config: {
      ...ofMachine(
        series("temperature", { label: "Temperature", units: "°C", decimals: 1 }),
        series("humidity", { label: "Humidity", units: "%", decimals: 1 }),
      ),
    },
  },
  {
    fqn: "bar_chart",
    type: "timeseries",
    title: "Speed over time",
    at: [9, 7, 7, 5],
    config: { ...ofMachine(series("speed", { label: "Speed", color: "#2196f3" })) },
  },
  {
    fqn: "cards.markdown_card",
    type: "static",
    title: "Notes",
    at: [16, 9, 4, 6],
    config: { ...ofMachine(series("temperature")) },
    settings: {
      markdownTextPattern:
        "### ${entityName}\n\nNow **${temperature:1} °C**.\n\n- Call *Anna* at night\n- See [help](https://example.org)",
    },
  },
  {
    fqn: "cards.attributes_card",
    type: "latest",
    title: "Latest values",
    at: [20, 9, 4, 6],
    config: { ...ofMachine(series("temperature"), series("humidity"), series("speed")) },
  },
  {
    fqn: "cards.entities_table",
    type: "latest",
    title: "Machines",
    at: [0, 12, 8, 6],
    config: {
      datasources: [
        {
          type: "entity",
          entityAliasId: "plant",
          dataKeys: [series("temperature", { label: "Temperature", units: "°C", decimals: 1 })],
        },
      ],
    },
  },
  {
    fqn: "alarm_widgets.alarms_table",
    type: "alarm",
    title: "Alarms",
    at: [8, 12, 8, 6],
    config: { alarmSource: { type: "entity", entityAliasId: "plant", dataKeys: [] } },
  },
  {
    fqn: "control_widgets.rpc_debug_terminal",
    type: "rpc",
    title: "Terminal",
    at: [16, 15, 8, 5],
    config: toMachine,
    settings: { requestTimeout: 5000 },
  },
  {
    fqn: "cards.timeseries_table",
    type: "timeseries",
    title: "History",
    at: [0, 18, 8, 6],
    config: { pageSize: 5, ...ofMachine(series("temperature", { label: "Temperature" }), series("speed")) },
  },
  {
    fqn: "control_widgets.persistent_table",
    type: "rpc",
    title: "Stored commands",
    at: [8, 18, 8, 5],
    config: toMachine,
  },
  { fqn: "maps.openstreetmap", type: "latest", title: "Map", at: [16, 20, 8, 4] },
];

/** An alarm of a device, as a person or another system raises it. */
export async function withAlarm(
  rest: Rest,
  originator: Saved["id"],
  type: string,
  severity: string,
): Promise<void> {
  await rest.post("/api/alarm", { type, originator, severity, status: "ACTIVE_UNACK" });
}

/** Ten minutes of values up to now, written through the API. */
export async function withHistory(
  rest: Rest,
  device: Saved["id"],
  points: number,
  stepMs: number,
): Promise<void> {
  const now = Date.now();
  const rows = Array.from({ length: points }, (_, index) => ({
    ts: now - (points - index) * stepMs,
    values: {
      temperature: 21 + Math.sin(index / 12) * 4,
      humidity: 45 + Math.cos(index / 17) * 9,
      speed: 50 + Math.round(Math.sin(index / 9) * 30),
    },
  }));
  for (let at = 0; at < rows.length; at += 5_000)
    await rest.post(`/api/plugins/telemetry/DEVICE/${device.id}/timeseries/ANY`, rows.slice(at, at + 5_000));
}

export async function picture(page: Page, name: string): Promise<void> {
  const out = process.env.SCREENSHOTS;
  if (!out) return;
  const size = page.viewportSize() ?? { width: 1280, height: 800 };
  // The page scrolls inside of its frame: the whole of it needs a tall window.
  await page.setViewportSize({ ...size, height: size.width < 720 ? 2_000 : 1_400 });
  await page.waitForTimeout(800);
  await page.screenshot({ path: `${out}/${name}.png` });
  await page.setViewportSize(size);
}
