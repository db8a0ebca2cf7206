import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { members, text } from "../../api/shapes";
import type { Integration } from "../../api/types";
import { Button } from "../../ui/Button";
import { Switch, TextField } from "../../ui/Field";
import { Problem } from "../../ui/Notice";
import { done } from "../../ui/Toast";
import { CheckConnection } from "./CheckConnection";
import { ConnectionForm } from "./ConnectionForm";
import { ConverterSelect } from "./ConverterSelect";
import { readConnection, withConnection, withFilter } from "./model";
import { saveIntegration } from "./requests";
import { faultsOf, isFaulty } from "./validation";

/** All settings of an integration on one page. */
export function EditIntegration({ integration }: { integration: Integration }) {
  const [draft, setDraft] = useState(integration);
  const [connection, setConnection] = useState(() => readConnection(integration));
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const queries = useQueryClient();
  const set = (part: Partial<Integration>) => setDraft({ ...draft, ...part });
  const faults = faultsOf(connection);

  const complete = (): Integration | undefined => {
    setTried(true);
    return isFaulty(faults) ? undefined : withConnection(draft, connection);
  };
  const save = async () => {
    const body = complete();
    if (!body) return;
    setProblem(undefined);
    try {
      const saved = await saveIntegration(body);
      queries.setQueryData(["integrations", saved.id?.id], saved);
      await queries.invalidateQueries({ queryKey: ["integrations"] });
      done("Changes saved");
    } catch (error) {
      setProblem(error);
    }
  };

  return (
    <section className="sheet sheet-pad form" aria-label="Settings">
      {problem !== undefined && <Problem error={problem} />}
      <TextField label="Name" value={draft.name ?? ""} onChange={(name) => set({ name })} isRequired />
      <Switch
        label="Create devices and assets"
        description="Off: messages of unknown names are refused with an event."
        value={draft.allowCreateDevicesOrAssets !== false}
        onChange={(allowCreateDevicesOrAssets) => set({ allowCreateDevicesOrAssets })}
      />
      <div className="columns">
        <ConverterSelect
          type="UPLINK"
          value={draft.defaultConverterId?.id}
          onChange={(id) => set({ defaultConverterId: id ? { entityType: "CONVERTER", id } : null })}
        />
        <ConverterSelect
          type="DOWNLINK"
          value={draft.downlinkConverterId?.id}
          onChange={(id) => set({ downlinkConverterId: id ? { entityType: "CONVERTER", id } : null })}
        />
      </div>
      <h2>Connection</h2>
      <ConnectionForm connection={connection} onChange={setConnection} faults={tried ? faults : undefined} />
      <TextField
        label="Description"
        value={text(members(draft.additionalInfo).description)}
        onChange={(description) => set({ additionalInfo: { ...members(draft.additionalInfo), description } })}
        multiline={2}
      />
      <CheckConnection
        integration={complete}
        onFilter={(filter) => setConnection((now) => withFilter(now, filter))}
      />
      <div className="form-actions">
        <Button look="primary" onPress={() => void save()}>
          Apply changes
        </Button>
      </div>
    </section>
  );
}
