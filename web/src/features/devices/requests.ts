import { api, ok } from "../../api/client";
import type { Device, DeviceCredentials, DeviceInfo, Page, PageQuery } from "../../api/types";

export function listDevices(query: PageQuery): Promise<Page<DeviceInfo>> {
  return ok(api.GET("/api/deviceInfos/all", { params: { query } }));
}

export function getDevice(deviceId: string): Promise<DeviceInfo> {
  return ok(api.GET("/api/device/info/{deviceId}", { params: { path: { deviceId } } }));
}

export function saveDevice(body: Device): Promise<Device> {
  return ok(api.POST("/api/device", { body }));
}

export function deleteDevice(deviceId: string): Promise<unknown> {
  return ok(api.DELETE("/api/device/{deviceId}", { params: { path: { deviceId } } }));
}

export function getCredentials(deviceId: string): Promise<DeviceCredentials> {
  return ok(api.GET("/api/device/{deviceId}/credentials", { params: { path: { deviceId } } }));
}

export function saveCredentials(body: DeviceCredentials): Promise<DeviceCredentials> {
  return ok(api.POST("/api/device/credentials", { body }));
}

/** How many devices there are, or how many of them are active. */
export async function countDevices(active?: boolean): Promise<number> {
  const query = { page: 0, pageSize: 1, active };
  return (await ok(api.GET("/api/deviceInfos/all", { params: { query } }))).totalElements;
}
