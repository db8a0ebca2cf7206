/**
 * Exports of years ago, as people import them: a dashboard and a root chain for a thermostat. Published
 * ones are taken when they are beside the checkout; otherwise ours, of the same form.
 */
import { existsSync, readFileSync } from "node:fs";

export interface ExportFile {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

function file(published: string, ours: unknown): ExportFile {
  const path = `../../shared/data/${published}`;
  const text = existsSync(path) ? readFileSync(path, "utf8") : JSON.stringify(ours);
  return { name: "export.json", mimeType: "application/json", buffer: Buffer.from(text) };
}

const NODE = "org.thingsboard.rule.engine";

const node = (type: string, name: string, x: number, y: number, configuration: unknown) => ({
  type: `${NODE}.${type}`,
  name,
  debugMode: true,
  additionalInfo: { layoutX: x, layoutY: y },
  configuration,
});

const link = (fromIndex: number, toIndex: number, type: string) => ({ fromIndex, toIndex, type });

const LOG = { jsScript: "return JSON.stringify(msg);" };

const CHAIN = {
  ruleChain: { additionalInfo: null, name: "Root Rule Chain", firstRuleNodeId: null, root: false },
  metadata: {
    firstNodeIndex: 5,
    nodes: [
      node("telemetry.TbMsgTimeseriesNode", "Save Timeseries", 954, 115, { defaultTTL: 0 }),
      node("telemetry.TbMsgAttributesNode", "Save Attributes", 955, 11, { scope: "CLIENT_SCOPE" }),
      node("filter.TbMsgTypeSwitchNode", "Message Type Switch", 566, 302, { version: 0 }),
      node("action.TbLogNode", "Log RPC from Device", 955, 225, LOG),
      node("action.TbLogNode", "Log Other", 955, 338, LOG),
      node("filter.TbOriginatorTypeFilterNode", "Is Entity Group", 255, 301, {
        originatorTypes: ["ENTITY_GROUP"],
      }),
      node("filter.TbMsgTypeFilterNode", "Post attributes or RPC request", 319, 109, {
        messageTypes: ["POST_ATTRIBUTES_REQUEST", "RPC_CALL_FROM_SERVER_TO_DEVICE"],
      }),
      node("transform.TbDuplicateMsgToGroupNode", "Duplicate To Group Entities", 627, 108, {
        entityGroupId: null,
        entityGroupIsMessageOriginator: true,
      }),
      node("integration.TbIntegrationDownlinkNode", "Push to Integration", 954, 590, {
        integrationId: "cc6ee410-f941-11e8-8ea7-c74c82c31b2e",
      }),
      node("metadata.TbGetAttributesNode", "Getting Atributes to Metadata", 256, 390, {
        clientAttributeNames: [],
        sharedAttributeNames: [],
        serverAttributeNames: ["deviceName"],
        latestTsKeyNames: [],
      }),
      node("transform.TbTransformMsgNode", "Name from Metadata to Message", 568, 472, {
        jsScript: "msg.deviceName = metadata.cs_deviceName;\nreturn {msg: msg, metadata: metadata};",
      }),
    ],
    connections: [
      link(2, 4, "Other"),
      link(2, 1, "Post attributes"),
      link(2, 0, "Post telemetry"),
      link(2, 3, "RPC Request from Device"),
      link(2, 9, "RPC Request to Device"),
      link(5, 2, "False"),
      link(5, 6, "True"),
      link(6, 2, "False"),
      link(6, 7, "True"),
      link(7, 2, "Success"),
      link(9, 10, "Success"),
      link(10, 8, "Success"),
    ],
    ruleChainConnections: null,
  },
};

const widget = (bundleAlias: string, typeAlias: string, type: string, place: object, config: object) => ({
  isSystemType: true,
  bundleAlias,
  typeAlias,
  type,
  title: "New widget",
  ...place,
  config,
});

const SOURCE = {
  type: "entity",
  entityAliasId: "thermo",
  dataKeys: [
    { name: "temperature", type: "timeseries", label: "temperature", color: "#2196f3", settings: {} },
  ],
};

const PLACES = {
  knob: { sizeX: 7, sizeY: 6, row: 0, col: 17 },
  gauge: { sizeX: 17, sizeY: 6, row: 0, col: 0 },
  bars: { sizeX: 24, sizeY: 5, row: 6, col: 0 },
};

const DASHBOARD = {
  title: "Temperature control dashboard",
  configuration: {
    widgets: {
      knob: widget("control_widgets", "knob_control", "rpc", PLACES.knob, {
        title: "New Knob Control",
        decimals: 2,
        settings: {
          minValue: 0,
          maxValue: 100,
          initialValue: 50,
          requestTimeout: 500,
          title: "Temperature control",
          getValueMethod: "getValue",
          setValueMethod: "setValue",
        },
        targetDeviceAliasIds: ["thermo"],
      }),
      gauge: widget("digital_gauges", "horizontal_bar_justgage", "latest", PLACES.gauge, {
        title: "Temperature",
        settings: { minValue: 0, maxValue: 100 },
        datasources: [SOURCE],
      }),
      bars: widget("charts", "timeseries_bars_flot", "timeseries", PLACES.bars, {
        title: "Temperature bars",
        settings: {},
        datasources: [SOURCE],
      }),
    },
    states: {
      default: {
        name: "default",
        root: true,
        layouts: { main: { widgets: PLACES, gridSettings: { columns: 24 } } },
      },
    },
    entityAliases: {
      thermo: {
        id: "thermo",
        alias: "Thermo",
        filter: {
          type: "deviceType",
          deviceType: "thermostat",
          deviceNameFilter: "Thermostat-A",
          resolveMultiple: false,
        },
      },
    },
    timewindow: { realtime: { timewindowMs: 60_000 }, aggregation: { type: "AVG", limit: 200 } },
  },
};

export const rootChain = () => file("rule-chains/mqtt-downlink-root-rule-chain.json", CHAIN);
export const thermostatDashboard = () => file("dashboards/temperature_control_dashboard.json", DASHBOARD);
