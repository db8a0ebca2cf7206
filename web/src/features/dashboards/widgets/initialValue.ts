/** What a control shows before it is touched. */
import { call } from "../../../api/raw";
import { members, number, text } from "../../../api/shapes";
import type { AttributeScope, EntityId } from "../../../api/types";
import { listAttributes } from "../../attributes/requests";
import { numeric } from "../../telemetry/requests";
import { sendCommand } from "../requests";

const LEAST_TIMEOUT = 5_000;
const SCOPES: readonly AttributeScope[] = ["CLIENT_SCOPE", "SHARED_SCOPE", "SERVER_SCOPE"];

export async function initialValue(
  device: EntityId,
  settings: Record<string, unknown>,
): Promise<number | undefined> {
  const initial = members(settings.initialState);
  const action = text(initial.action, "EXECUTE_RPC");
  switch (action) {
    case "GET_TIME_SERIES": {
      const key = text(members(initial.getTimeSeries).key);
      const path = `/api/plugins/telemetry/${device.entityType}/${device.id}/values/timeseries`;
      const reply = members(await call("GET", `${path}?${new URLSearchParams({ keys: key }).toString()}`));
      const points = reply[key];
      const first: unknown = Array.isArray(points) ? points[0] : undefined;
      return numeric(members(first).value) ?? number(initial.defaultValue, NaN);
    }
    case "GET_ATTRIBUTE": {
      const { scope, key } = members(initial.getAttribute);
      const wanted = SCOPES.find((one) => one === scope) ?? "SHARED_SCOPE";
      const found = (await listAttributes(device, wanted)).find((one) => one.key === key);
      return numeric(found?.value);
    }
    case "EXECUTE_RPC": {
      const execute = members(initial.executeRpc);
      const method = text(execute.method) || text(settings.getValueMethod) || "getValue";
      const timeout = Math.max(
        number(execute.requestTimeout, number(settings.requestTimeout, 0)),
        LEAST_TIMEOUT,
      );
      return numeric(await sendCommand(device.id, "twoway", method, null, timeout));
    }
    default:
      return undefined;
  }
}
