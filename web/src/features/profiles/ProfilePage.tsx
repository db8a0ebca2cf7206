import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useNamedPage } from "../../app/pageName";
import { PageHead } from "../../layouts/PageHead";
import { Loading, Problem } from "../../ui/Notice";
import { EditProfile } from "./EditProfile";
import { getProfile, saveProfile } from "./requests";

export function ProfilePage() {
  const { id } = useParams({ from: "/profiles/$id" });
  const key = ["profiles", id];
  const profile = useQuery({ queryKey: key, queryFn: () => getProfile(id) });
  useNamedPage(profile.data?.name);
  if (profile.isPending) return <Loading what="the profile" />;
  if (profile.isError) return <Problem error={profile.error} onRetry={() => void profile.refetch()} />;
  return (
    <>
      <PageHead title={profile.data.name ?? ""} intro="Device profile" />
      <EditProfile
        key={profile.data.version}
        profile={profile.data}
        queryKey={key}
        save={saveProfile}
        whose="devices"
      />
    </>
  );
}
