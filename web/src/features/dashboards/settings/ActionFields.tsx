import { type Members, members, number, text } from "../../../api/shapes";
import { NumberField, Select, Switch, TextField } from "../../../ui/Field";
import { JsonText } from "./JsonText";
import { withValue } from "./fields";

const GETS = [
  { id: "DO_NOTHING", label: "A fixed value" },
  { id: "EXECUTE_RPC", label: "Ask the device (RPC)" },
  { id: "GET_ATTRIBUTE", label: "Attribute" },
  { id: "GET_TIME_SERIES", label: "Time series" },
  { id: "GET_ALARM_STATUS", label: "Whether an alarm is active" },
  { id: "GET_DASHBOARD_STATE", label: "The open state" },
] as const;

/** What is no number. */
const YES_OR_NO = ["GET_ALARM_STATUS", "GET_DASHBOARD_STATE"];

const SETS = [
  { id: "EXECUTE_RPC", label: "Send a command (RPC)" },
  { id: "SET_ATTRIBUTE", label: "Write an attribute" },
  { id: "ADD_TIME_SERIES", label: "Write a time series value" },
] as const;

const DATA = [
  { id: "VALUE", label: "The value" },
  { id: "CONSTANT", label: "A constant" },
  { id: "NONE", label: "Nothing" },
  { id: "FUNCTION", label: "What a function makes of it" },
] as const;

const SCOPES = [
  { id: "SERVER_SCOPE", label: "Server" },
  { id: "SHARED_SCOPE", label: "Shared" },
  { id: "CLIENT_SCOPE", label: "Client" },
] as const;

interface ActionProps {
  label: string;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** Where a control's value comes from. */
export function GetField({ label, asks, value, onChange }: ActionProps & { asks: "number" | "on" }) {
  const raw = members(value);
  const put = (path: string, next: unknown) => onChange(withValue(raw, path, next));
  const action = GETS.find((one) => one.id === raw.action)?.id ?? "EXECUTE_RPC";
  const attribute = members(raw.getAttribute);
  const fixed = raw.defaultValue;
  return (
    <fieldset className="settings-group">
      <legend className="field-label">{label}</legend>
      <div className="settings-grid">
        <Select
          label={`${label} from`}
          choices={asks === "on" ? GETS : GETS.filter((one) => !YES_OR_NO.includes(one.id))}
          value={action}
          onChange={(next) => put("action", next)}
        />
        {action === "EXECUTE_RPC" && <RpcInputs raw={raw} usual="getValue" put={put} />}
        {action === "GET_ATTRIBUTE" && (
          <>
            <Select
              label="Scope"
              choices={[{ id: "ANY", label: "Any" }, ...SCOPES]}
              value={text(attribute.scope, "ANY")}
              onChange={(next) => put("getAttribute.scope", next === "ANY" ? null : next)}
            />
            <TextField
              label="Attribute key"
              value={text(attribute.key)}
              onChange={(next) => put("getAttribute.key", next.trim())}
            />
          </>
        )}
        {action === "GET_TIME_SERIES" && (
          <TextField
            label="Time series key"
            value={text(members(raw.getTimeSeries).key)}
            onChange={(next) => put("getTimeSeries.key", next.trim())}
          />
        )}
        {asks === "number" ? (
          <NumberField
            label="Value until it is known"
            value={typeof fixed === "number" ? fixed : NaN}
            onChange={(next) => put("defaultValue", Number.isFinite(next) ? next : null)}
          />
        ) : (
          action !== "DO_NOTHING" &&
          action !== "GET_ALARM_STATUS" && (
            <JsonText
              label="On when it is"
              value={JSON.stringify(members(raw.dataToValue).compareToValue ?? true)}
              onChange={(next) =>
                put("dataToValue", {
                  type: "NONE",
                  ...members(raw.dataToValue),
                  compareToValue: parsed(next),
                })
              }
            />
          )
        )}
      </div>
    </fieldset>
  );
}

/** Where a control's value goes. */
export function SetField({ label, constant, value, onChange }: ActionProps & { constant?: unknown }) {
  const raw = members(value);
  const put = (path: string, next: unknown) => onChange(withValue(raw, path, next));
  const action = SETS.find((one) => one.id === raw.action)?.id ?? "EXECUTE_RPC";
  const attribute = members(raw.setAttribute);
  const data = members(raw.valueToData);
  const kind =
    DATA.find((one) => one.id === data.type)?.id ?? (constant === undefined ? "VALUE" : "CONSTANT");
  return (
    <fieldset className="settings-group">
      <legend className="field-label">{label}</legend>
      <div className="settings-grid">
        <Select
          label={`${label}, do`}
          choices={SETS}
          value={action}
          onChange={(next) => put("action", next)}
        />
        {action === "EXECUTE_RPC" && <RpcInputs raw={raw} usual="setValue" put={put} />}
        {action === "SET_ATTRIBUTE" && (
          <>
            <Select
              label="Scope"
              choices={SCOPES.slice(0, 2)}
              value={SCOPES.find((one) => one.id === attribute.scope)?.id ?? "SHARED_SCOPE"}
              onChange={(next) => put("setAttribute.scope", next)}
            />
            <TextField
              label="Attribute key"
              value={text(attribute.key)}
              onChange={(next) => put("setAttribute.key", next.trim())}
            />
          </>
        )}
        {action === "ADD_TIME_SERIES" && (
          <TextField
            label="Time series key"
            value={text(members(raw.putTimeSeries).key)}
            onChange={(next) => put("putTimeSeries.key", next.trim())}
          />
        )}
        <Select
          label="Sends"
          choices={DATA}
          value={kind}
          onChange={(type) => put("valueToData", { ...data, type })}
        />
        {kind === "FUNCTION" && (
          <TextField
            label="Function of value"
            multiline={3}
            mono
            value={text(data.valueToDataFunction, "return value;")}
            onChange={(next) => put("valueToData", { ...data, type: "FUNCTION", valueToDataFunction: next })}
          />
        )}
        {kind === "CONSTANT" && (
          <JsonText
            label="Constant as JSON"
            value={JSON.stringify(data.constantValue ?? constant ?? null)}
            onChange={(next) =>
              put("valueToData", { ...data, type: "CONSTANT", constantValue: parsed(next) })
            }
          />
        )}
      </div>
    </fieldset>
  );
}

function RpcInputs({
  raw,
  usual,
  put,
}: {
  raw: Members;
  usual: string;
  put: (path: string, next: unknown) => void;
}) {
  const rpc = members(raw.executeRpc);
  return (
    <>
      <TextField
        label="Method"
        value={text(rpc.method, usual)}
        onChange={(next) => put("executeRpc.method", next.trim())}
      />
      <NumberField
        label="Timeout (ms)"
        value={number(rpc.requestTimeout, 5_000)}
        minValue={0}
        onChange={(next) => put("executeRpc.requestTimeout", Number.isFinite(next) ? next : 5_000)}
      />
      <Switch
        label="Persistent"
        value={rpc.requestPersistent === true}
        onChange={(next) => put("executeRpc.requestPersistent", next)}
      />
    </>
  );
}

/** What was typed as JSON; a lone word is a text. */
function parsed(typed: string): unknown {
  try {
    return JSON.parse(typed || "null") as unknown;
  } catch {
    return typed;
  }
}
