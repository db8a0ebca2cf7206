import { api, ok } from "../../api/client";
import type { AssetProfile, Page, PageQuery } from "../../api/types";

export function listAssetProfiles(query: PageQuery): Promise<Page<AssetProfile>> {
  return ok(api.GET("/api/assetProfiles", { params: { query } }));
}

export function getAssetProfile(assetProfileId: string): Promise<AssetProfile> {
  return ok(api.GET("/api/assetProfile/{assetProfileId}", { params: { path: { assetProfileId } } }));
}

export function saveAssetProfile(body: AssetProfile): Promise<AssetProfile> {
  return ok(api.POST("/api/assetProfile", { body }));
}

export function deleteAssetProfile(assetProfileId: string): Promise<unknown> {
  return ok(api.DELETE("/api/assetProfile/{assetProfileId}", { params: { path: { assetProfileId } } }));
}
