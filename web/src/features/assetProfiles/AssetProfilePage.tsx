import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useNamedPage } from "../../app/pageName";
import { PageHead } from "../../layouts/PageHead";
import { Loading, Problem } from "../../ui/Notice";
import { EditProfile } from "../profiles/EditProfile";
import { getAssetProfile, saveAssetProfile } from "./requests";

export function AssetProfilePage() {
  const { id } = useParams({ from: "/asset-profiles/$id" });
  const key = ["assetProfiles", id];
  const profile = useQuery({ queryKey: key, queryFn: () => getAssetProfile(id) });
  useNamedPage(profile.data?.name);
  if (profile.isPending) return <Loading what="the profile" />;
  if (profile.isError) return <Problem error={profile.error} onRetry={() => void profile.refetch()} />;
  return (
    <>
      <PageHead title={profile.data.name ?? ""} intro="Asset profile" />
      <EditProfile
        key={profile.data.version}
        profile={profile.data}
        queryKey={key}
        save={saveAssetProfile}
        whose="assets"
      />
    </>
  );
}
