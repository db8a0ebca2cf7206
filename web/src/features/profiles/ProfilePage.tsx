import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { DeviceProfile } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { PageHead } from "../../layouts/PageHead";
import { Button } from "../../ui/Button";
import { Select, TextField } from "../../ui/Field";
import { Loading, Problem } from "../../ui/Notice";
import { done } from "../../ui/Toast";
import { listRuleChains } from "../ruleChains/requests";
import { getProfile, saveProfile } from "./requests";

export function ProfilePage() {
  const { id } = useParams({ from: "/profiles/$id" });
  const profile = useQuery({ queryKey: ["profiles", id], queryFn: () => getProfile(id) });
  useNamedPage(profile.data?.name);
  if (profile.isPending) return <Loading what="the profile" />;
  if (profile.isError) return <Problem error={profile.error} onRetry={() => void profile.refetch()} />;
  return (
    <>
      <PageHead title={profile.data.name ?? ""} intro="Device profile" />
      <EditProfile key={profile.data.version} profile={profile.data} />
    </>
  );
}

const ROOT = "root";

function EditProfile({ profile }: { profile: DeviceProfile }) {
  const [draft, setDraft] = useState(profile);
  const [problem, setProblem] = useState<unknown>();
  const queries = useQueryClient();
  const chains = useQuery({
    queryKey: ["ruleChains", "names"],
    queryFn: () => listRuleChains({ page: 0, pageSize: 100, sortProperty: "name", sortOrder: "ASC" }),
  });
  const known = (chains.data?.data ?? []).flatMap((one) =>
    one.id ? [{ id: one.id.id, label: one.name ?? "" }] : [],
  );
  const save = async () => {
    setProblem(undefined);
    try {
      const saved = await saveProfile(draft);
      queries.setQueryData(["profiles", saved.id?.id], saved);
      done("Changes saved");
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <section className="sheet sheet-pad form" aria-label="Settings">
      {problem !== undefined && <Problem error={problem} />}
      <TextField
        label="Name"
        value={draft.name ?? ""}
        onChange={(name) => setDraft({ ...draft, name })}
        isRequired
      />
      <TextField
        label="Description"
        value={draft.description ?? ""}
        onChange={(description) => setDraft({ ...draft, description })}
        multiline={3}
      />
      <Select
        label="Rule chain"
        choices={[{ id: ROOT, label: "The root rule chain" }, ...known]}
        value={draft.defaultRuleChainId?.id ?? ROOT}
        onChange={(id) =>
          setDraft({ ...draft, defaultRuleChainId: id === ROOT ? null : { entityType: "RULE_CHAIN", id } })
        }
        description="Where messages of these devices begin."
      />
      <div className="form-actions">
        <Button look="primary" isDisabled={draft === profile} onPress={() => void save()}>
          Apply changes
        </Button>
      </div>
    </section>
  );
}
