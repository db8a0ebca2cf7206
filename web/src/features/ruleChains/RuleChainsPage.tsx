import { useNavigate } from "@tanstack/react-router";
import { GitFork } from "lucide-react";
import { members } from "../../api/shapes";
import type { RuleChain, RuleChainMetaData } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { ListPage } from "../../layouts/ListPage";
import { readFile, withoutOrigin } from "../../lists/files";
import { useList } from "../../lists/useList";
import type { ColumnOf } from "../../ui/DataTable";
import { ImportButton } from "../../ui/ImportButton";
import { Empty } from "../../ui/Notice";
import { Status } from "../../ui/Status";
import { Ago } from "../../ui/Time";
import { done, failed } from "../../ui/Toast";
import { deleteRuleChain, listRuleChains, saveMetadata, saveRuleChain } from "./requests";

export function RuleChainsPage() {
  useNamedPage("Rule chains");
  const navigate = useNavigate();
  const list = useList({ key: "ruleChains", load: listRuleChains, sort: "createdTime", desc: true });
  const importOne = async (file: File) => {
    try {
      const saved = await importChain(await readFile(file));
      done(`${saved.name} imported`);
      await navigate({ to: "/rule-chains/$id", params: { id: saved.id?.id ?? "" } });
    } catch (error) {
      failed(error);
    }
  };
  return (
    <ListPage
      title="Rule chains"
      intro="What happens with messages after their converter."
      nouns={["rule chain", "rule chains"]}
      list={list}
      columns={COLUMNS}
      idOf={idOf}
      nameOf={(row) => row.name ?? ""}
      hrefOf={(row) => `/rule-chains/${idOf(row)}`}
      onDelete={deleteRuleChain}
      deleteWarning="The root rule chain is not deleted."
      actions={<ImportButton onFile={importOne} />}
      empty={
        <Empty icon={<GitFork />} title="No rule chain">
          Import one from a file.
        </Empty>
      }
    />
  );
}

/** An exported file holds the chain and its nodes side by side. */
async function importChain(file: Record<string, unknown>): Promise<RuleChain> {
  const chain = withoutOrigin(members(file.ruleChain ?? file));
  const saved = await saveRuleChain({ ...chain, root: false, firstRuleNodeId: null });
  const metadata = members(file.metadata);
  if (file.metadata !== undefined) {
    await saveMetadata({ ...(metadata as RuleChainMetaData), ruleChainId: saved.id, version: undefined });
  }
  return saved;
}

function idOf(row: RuleChain): string {
  return row.id?.id ?? "";
}

const COLUMNS: ColumnOf<RuleChain>[] = [
  {
    id: "name",
    label: "Name",
    sort: "name",
    render: (row) => <span className="table-name">{row.name}</span>,
  },
  { id: "root", label: "Root", render: (row) => (row.root ? <Status tone="good">Root</Status> : "") },
  {
    id: "created",
    label: "Created",
    sort: "createdTime",
    minor: true,
    render: (row) => <Ago ts={row.createdTime} />,
  },
];
