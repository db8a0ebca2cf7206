import { api, ok } from "../../api/client";
import type { DeviceProfile, Page, PageQuery } from "../../api/types";

export function listProfiles(query: PageQuery): Promise<Page<DeviceProfile>> {
  return ok(api.GET("/api/deviceProfiles", { params: { query } }));
}

export function getProfile(deviceProfileId: string): Promise<DeviceProfile> {
  return ok(api.GET("/api/deviceProfile/{deviceProfileId}", { params: { path: { deviceProfileId } } }));
}

export function saveProfile(body: DeviceProfile): Promise<DeviceProfile> {
  return ok(api.POST("/api/deviceProfile", { body }));
}

export function deleteProfile(deviceProfileId: string): Promise<unknown> {
  return ok(api.DELETE("/api/deviceProfile/{deviceProfileId}", { params: { path: { deviceProfileId } } }));
}

/** A profile as devices get one that nobody prepared. */
export function newProfile(name: string): DeviceProfile {
  return {
    name,
    type: "DEFAULT",
    transportType: "DEFAULT",
    provisionType: "DISABLED",
    profileData: {
      configuration: { type: "DEFAULT" },
      transportConfiguration: { type: "DEFAULT" },
      provisionConfiguration: { type: "DISABLED" },
    },
  };
}
