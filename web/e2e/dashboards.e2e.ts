import { DECODER, type Rest, type Saved } from "./rest";
import { expect, test } from "./scene";

const ENCODER = `return {
    contentType: "JSON",
    data: JSON.stringify({ value: parseInt(msg.params) }),
    metadata: { topic: "site/" + metadata.deviceName + "/commands" }
};`;

interface Chain {
  nodes: Record<string, unknown>[];
  connections: { fromIndex: number; toIndex: number; type: string }[];
}

/** An integration with a way down, and the root chain that leads commands to it. */
async function withWayDown(rest: Rest, port: number): Promise<void> {
  const converter = (name: string, type: string, script: Record<string, string>) =>
    rest.post("/api/converter", { name, type, configuration: { scriptLang: "TBEL", ...script } });
  const up = await converter("Valve decoder", "UPLINK", { tbelDecoder: DECODER });
  const down = await converter("Valve encoder", "DOWNLINK", { tbelEncoder: ENCODER });
  const integration = await rest.post("/api/integration", {
    name: "Valves",
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
      topicFilters: [{ filter: "site/+/values", qos: 1 }],
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

test("a knob on a new dashboard sends commands and tells what became of them", async ({
  app,
  rest,
  broker,
}) => {
  await withWayDown(rest, broker.port);
  await broker.publish("site/valve/values", '{"opening":20}');
  await app.goto("/dashboards");
  await app.getByRole("button", { name: "Create dashboard" }).first().click();
  await app.getByLabel("Title").fill("Valves");
  await app.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await app.getByRole("button", { name: "Add widget" }).click();
  const dialog = app.getByRole("dialog", { name: "Add widget" });
  await dialog.getByLabel("Title").fill("Opening");
  await dialog.getByRole("button", { name: /Device/ }).click();
  await app.getByRole("option", { name: "valve" }).click();
  await dialog.getByRole("button", { name: /Key it begins at/ }).click();
  await app.getByRole("option", { name: "opening" }).click();
  await dialog.getByRole("button", { name: "Add" }).click();
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();

  const knob = app.getByRole("slider", { name: "Opening" });
  await expect(knob).toHaveAttribute("aria-valuenow", "20");
  const received = broker.next("site/valve/commands");
  await received.ready;
  await knob.focus();
  await app.keyboard.press("PageUp");
  await app.keyboard.press("ArrowUp");
  expect(JSON.parse(await received.payload)).toEqual({ value: 31 });
  await expect(app.getByText(/^Delivered/)).toBeVisible();
});

test("what no device takes is told on the knob itself", async ({ app, rest }) => {
  // Whatever other scenarios do to the root chain: this device's chain leads nowhere.
  const chain = await rest.post("/api/ruleChain", { name: "Nowhere" });
  const profile = await rest.post("/api/deviceProfile", {
    name: "deaf",
    type: "DEFAULT",
    transportType: "DEFAULT",
    defaultRuleChainId: chain.id,
    profileData: { configuration: { type: "DEFAULT" }, transportConfiguration: { type: "DEFAULT" } },
  });
  const device = await rest.post("/api/device", { name: "Deaf", deviceProfileId: profile.id });
  const saved = await rest.post("/api/dashboard", {
    title: "Old form",
    configuration: {
      widgets: {
        k: {
          isSystemType: true,
          bundleAlias: "control_widgets",
          typeAlias: "knob_control",
          type: "rpc",
          config: {
            title: "Old knob",
            targetDeviceAliasIds: ["a"],
            decimals: 0,
            settings: { minValue: 0, maxValue: 10 },
          },
        },
        u: { typeFullFqn: "system.maps.unheard_of", type: "latest", config: { title: "Map" } },
      },
      states: {
        default: {
          root: true,
          layouts: {
            main: {
              widgets: {
                k: { sizeX: 7, sizeY: 6, row: 0, col: 0 },
                u: { sizeX: 7, sizeY: 6, row: 0, col: 7 },
              },
            },
          },
        },
      },
      entityAliases: { a: { alias: "Deaf", filter: { type: "singleEntity", singleEntity: device.id } } },
    },
  });
  await app.goto(`/dashboards/${saved.id.id}`);
  await expect(app.getByText("system.maps.unheard_of")).toBeVisible();
  const knob = app.getByRole("slider", { name: "Old knob" });
  await knob.focus();
  await app.keyboard.press("End");
  await expect(app.getByRole("region", { name: "Old knob" }).getByRole("status")).toContainText("Failed", {
    timeout: 20_000,
  });
});
