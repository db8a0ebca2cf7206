import { type QueryKey, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { AssetProfile, DeviceProfile } from "../../api/types";
import { Button } from "../../ui/Button";
import { Select, TextField } from "../../ui/Field";
import { Problem } from "../../ui/Notice";
import { done } from "../../ui/Toast";
import { listRuleChains } from "../ruleChains/requests";

const ROOT = "root";

interface EditProps<P> {
  profile: P;
  queryKey: QueryKey;
  save: (profile: P) => Promise<P>;
  whose: "devices" | "assets";
}

/** The settings that profiles of devices and of assets share. */
export function EditProfile<P extends DeviceProfile | AssetProfile>({
  profile,
  queryKey,
  save,
  whose,
}: EditProps<P>) {
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
  const apply = async () => {
    setProblem(undefined);
    try {
      queries.setQueryData(queryKey, await save(draft));
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
        description={`Where messages of these ${whose} begin.`}
      />
      <div className="form-actions">
        <Button look="primary" isDisabled={draft === profile} onPress={() => void apply()}>
          Apply changes
        </Button>
      </div>
    </section>
  );
}
