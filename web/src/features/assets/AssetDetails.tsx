import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { members, text } from "../../api/shapes";
import type { Asset } from "../../api/types";
import { full } from "../../format/time";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import { Problem } from "../../ui/Notice";
import { done } from "../../ui/Toast";
import { saveAsset } from "./requests";

export function AssetDetails({ asset }: { asset: Asset }) {
  const kept = text(members(asset.additionalInfo).description);
  const [name, setName] = useState(asset.name ?? "");
  const [label, setLabel] = useState(asset.label ?? "");
  const [description, setDescription] = useState(kept);
  const [problem, setProblem] = useState<unknown>();
  const queries = useQueryClient();
  const id = asset.id?.id ?? "";
  const changed = name !== asset.name || label !== (asset.label ?? "") || description !== kept;

  const save = async () => {
    setProblem(undefined);
    try {
      const additionalInfo = { ...members(asset.additionalInfo), description };
      const saved = await saveAsset({ ...asset, name: name.trim(), label: label || null, additionalInfo });
      queries.setQueryData(["assets", id], saved);
      await queries.invalidateQueries({ queryKey: ["assets", "list"] });
      done("Changes saved");
    } catch (error) {
      setProblem(error);
    }
  };

  return (
    <section className="sheet sheet-pad form" aria-label="Details">
      {problem !== undefined && <Problem error={problem} />}
      <TextField label="Name" value={name} onChange={setName} isRequired />
      <TextField label="Label" value={label} onChange={setLabel} />
      <TextField label="Description" value={description} onChange={setDescription} multiline={3} />
      <p className="soft small">
        {asset.type}
        {asset.createdTime ? `, created ${full(asset.createdTime)}` : ""}, id <code>{id}</code>
      </p>
      <div className="form-actions">
        <Button look="primary" isDisabled={!changed || !name.trim()} onPress={() => void save()}>
          Apply changes
        </Button>
      </div>
    </section>
  );
}
