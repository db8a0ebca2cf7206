import { api, ok } from "../../api/client";
import type { CallView, Page, Rpc } from "../../api/types";

export interface Sending {
  method: string;
  /** Any JSON. */
  params: unknown;
  /** Milliseconds it may take. */
  timeout: number;
  /** Whether it is stored and outlives the request. */
  persistent: boolean;
  retries?: number;
  /** Id of the call; made by the server when absent. */
  requestUUID?: string;
}

/** Sends a command; the reply is the device's answer when one is waited for, the id of a stored one. */
export function sendCommand(deviceId: string, twoway: boolean, sending: Sending): Promise<unknown> {
  // The description says object; any JSON may be a parameter.
  const body = { ...sending, params: sending.params as Record<string, unknown> };
  const params = { path: { deviceId } };
  return twoway
    ? ok(api.POST("/api/rpc/twoway/{deviceId}", { params, body }))
    : ok(api.POST("/api/rpc/oneway/{deviceId}", { params, body }));
}

/** Open and recent commands, newest first. */
export function commandsOf(deviceId: string): Promise<CallView[]> {
  return ok(api.GET("/api/millrace/device/{deviceId}/commands", { params: { path: { deviceId } } }));
}

const STORED = 20;

/** Stored commands, newest first. */
export function storedCommands(deviceId: string, most = STORED): Promise<Page<Rpc>> {
  const query = { page: 0, pageSize: most, sortProperty: "createdTime", sortOrder: "DESC" as const };
  return ok(api.GET("/api/rpc/persistent/device/{deviceId}", { params: { path: { deviceId }, query } }));
}

export function storedCommand(rpcId: string): Promise<Rpc> {
  return ok(api.GET("/api/rpc/persistent/{rpcId}", { params: { path: { rpcId } } }));
}

export function deleteStored(rpcId: string): Promise<unknown> {
  return ok(api.DELETE("/api/rpc/persistent/{rpcId}", { params: { path: { rpcId } } }));
}
