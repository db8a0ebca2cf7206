import { api, ok } from "../../api/client";
import type { Asset, Page, PageQuery } from "../../api/types";

export function listAssets(query: PageQuery): Promise<Page<Asset>> {
  return ok(api.GET("/api/tenant/assets", { params: { query } }));
}

export function getAsset(assetId: string): Promise<Asset> {
  return ok(api.GET("/api/asset/{assetId}", { params: { path: { assetId } } }));
}

export function saveAsset(body: Asset): Promise<Asset> {
  return ok(api.POST("/api/asset", { body }));
}

export function deleteAsset(assetId: string): Promise<unknown> {
  return ok(api.DELETE("/api/asset/{assetId}", { params: { path: { assetId } } }));
}
