/** The controls that can be added. */
import type { Members } from "../../../api/shapes";
import { BOUNDS, type CatalogueEntry, type Given, entry } from "./entry";
import { type Field, METHOD_FIELDS } from "./fields";

export const CONTROLS = "Controls";

const ASK = (method: string): Members => ({
  action: "EXECUTE_RPC",
  defaultValue: null,
  executeRpc: { method, requestTimeout: 5000, requestPersistent: false, persistentPollingInterval: 5000 },
  getAttribute: { scope: null, key: "state" },
  getTimeSeries: { key: "state" },
  dataToValue: { type: "NONE", compareToValue: true },
});
/** New controls begin at what the server knows; asking the device needs a converter that expects it. */
const LATEST: Members = { ...ASK("getValue"), action: "GET_TIME_SERIES", getTimeSeries: { key: "value" } };
const TELL = (valueToData: Members, method = "setValue"): Members => ({
  action: "EXECUTE_RPC",
  executeRpc: { method, requestTimeout: 5000, requestPersistent: false, persistentPollingInterval: 5000 },
  setAttribute: { scope: "SHARED_SCOPE", key: "state" },
  putTimeSeries: { key: "state" },
  valueToData,
});
const VALUE = { type: "VALUE" };
const CONSTANT = (constantValue: unknown) => ({ type: "CONSTANT", constantValue });

const GET_NUMBER: Field = {
  kind: "get",
  path: "settings.initialState",
  label: "Initial value",
  asks: "number",
};
export const GET_ON: Field = {
  kind: "get",
  path: "settings.initialState",
  label: "Initial state",
  asks: "on",
};
const SET: Field = { kind: "set", path: "settings.valueChange", label: "When it is turned" };
export const SET_ON: Field = {
  kind: "set",
  path: "settings.onUpdateState",
  label: "When it is switched on",
  constant: true,
};
export const SET_OFF: Field = {
  kind: "set",
  path: "settings.offUpdateState",
  label: "When it is switched off",
  constant: false,
};
const SWITCH_SETTINGS: Members = {
  initialState: { ...LATEST, getTimeSeries: { key: "state" } },
  onUpdateState: TELL(CONSTANT(true), "setState"),
  offUpdateState: TELL(CONSTANT(false), "setState"),
};

const control = (fqn: string, given: Omit<Given, "bundle" | "kind">): CatalogueEntry =>
  entry(fqn, { ...given, bundle: CONTROLS, kind: "rpc" });

export const CONTROL_ENTRIES: readonly CatalogueEntry[] = [
  control("control_widgets.knob_control", {
    label: "Knob",
    note: "Turns to a value and sends it",
    w: 6,
    h: 6,
    numbers: true,
    fields: [
      ...BOUNDS,
      GET_NUMBER,
      SET,
      { kind: "flag", path: "settings.sendAsText", label: "Send as text", otherwise: false },
    ],
    settings: { minValue: 0, maxValue: 100, initialState: LATEST, valueChange: TELL(VALUE) },
  }),
  control("single_switch", {
    label: "Switch",
    note: "On and off",
    w: 4,
    h: 4,
    fields: [GET_ON, SET_ON, SET_OFF],
    settings: SWITCH_SETTINGS,
  }),
  control("power_button", {
    label: "Power button",
    note: "On and off, round",
    w: 4,
    h: 5,
    fields: [GET_ON, SET_ON, SET_OFF],
    settings: SWITCH_SETTINGS,
  }),
  control("command_button", {
    label: "Button",
    note: "Sends a command",
    w: 4,
    h: 3,
    fields: [
      { kind: "text", path: "settings.label", label: "Words on the button", otherwise: "Send" },
      { kind: "set", path: "settings.onClickState", label: "When it is pressed", constant: {} },
    ],
    settings: { label: "Send", showLabel: false, onClickState: TELL(CONSTANT({}), "restart") },
  }),
  control("slider", {
    label: "Slider",
    note: "A value along a line",
    w: 6,
    h: 4,
    numbers: true,
    fields: [
      { kind: "number", path: "settings.tickMin", label: "Least value", otherwise: 0 },
      { kind: "number", path: "settings.tickMax", label: "Most value", otherwise: 100 },
      GET_NUMBER,
      SET,
    ],
    settings: { tickMin: 0, tickMax: 100, initialState: LATEST, valueChange: TELL(VALUE) },
  }),
  control("value_stepper", {
    label: "Stepper",
    note: "A value, step by step",
    w: 5,
    h: 3,
    numbers: true,
    fields: [
      { kind: "number", path: "settings.minValueRange", label: "Least value", otherwise: 0 },
      { kind: "number", path: "settings.maxValueRange", label: "Most value", otherwise: 100 },
      { kind: "number", path: "settings.valueStep", label: "Step", otherwise: 1 },
      GET_NUMBER,
      { kind: "set", path: "settings.rightButtonClick", label: "More" },
      { kind: "set", path: "settings.leftButtonClick", label: "Less" },
    ],
    settings: {
      minValueRange: 0,
      maxValueRange: 100,
      valueStep: 1,
      initialState: LATEST,
      rightButtonClick: TELL(VALUE),
      leftButtonClick: TELL(VALUE),
    },
  }),
  control("control_widgets.led_indicator", {
    label: "LED",
    note: "Shows whether something is on",
    w: 4,
    h: 4,
    fields: [
      {
        kind: "choice",
        path: "settings.retrieveValueMethod",
        label: "Listens to",
        otherwise: "attribute",
        choices: [
          { id: "attribute", label: "Attribute" },
          { id: "timeseries", label: "Time series" },
        ],
      },
      {
        kind: "text",
        path: "settings.valueAttribute",
        label: "Attribute or time series",
        otherwise: "value",
      },
      {
        kind: "flag",
        path: "settings.performCheckStatus",
        label: "Ask the device at the beginning",
        otherwise: true,
      },
      {
        kind: "text",
        path: "settings.checkStatusMethod",
        label: "Method that asks",
        otherwise: "checkStatus",
      },
      ...METHOD_FIELDS,
    ],
    settings: { performCheckStatus: false, retrieveValueMethod: "timeseries", valueAttribute: "state" },
  }),
  control("control_widgets.rpc_debug_terminal", {
    label: "RPC terminal",
    note: "Commands by keyboard, with answers",
    w: 8,
    h: 6,
    fields: METHOD_FIELDS,
    settings: { requestTimeout: 5000, requestPersistent: false },
  }),
  control("control_widgets.persistent_table", {
    label: "Stored commands",
    note: "Persistent commands and their states",
    w: 10,
    h: 5,
  }),
  control("control_widgets.update_attributes", {
    label: "Attributes button",
    note: "Writes attributes",
    w: 4,
    h: 3,
    fields: [
      { kind: "text", path: "settings.buttonText", label: "Words on the button", otherwise: "Update" },
      {
        kind: "choice",
        path: "settings.entityAttributeType",
        label: "Scope",
        otherwise: "SERVER_SCOPE",
        choices: [
          { id: "SERVER_SCOPE", label: "Server" },
          { id: "SHARED_SCOPE", label: "Shared" },
        ],
      },
      {
        kind: "text",
        path: "settings.entityParameters",
        label: "Values as JSON",
        otherwise: "{}",
        multiline: 4,
        mono: true,
        json: true,
      },
    ],
    settings: { buttonText: "Update", entityAttributeType: "SERVER_SCOPE", entityParameters: "{}" },
  }),
];
