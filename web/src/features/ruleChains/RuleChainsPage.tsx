import { useNavigate } from "@tanstack/react-router";
import { GitFork, Plus } from "lucide-react";
import { useState } from "react";
import type { ImportPlan, RuleChain } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { ListPage } from "../../layouts/ListPage";
import { parseFile } from "../../lists/files";
import { useList } from "../../lists/useList";
import { Button } from "../../ui/Button";
import type { ColumnOf } from "../../ui/DataTable";
import { ImportButton } from "../../ui/ImportButton";
import { Empty } from "../../ui/Notice";
import { Status } from "../../ui/Status";
import { Ago } from "../../ui/Time";
import { done, failed } from "../../ui/Toast";
import { ImportDialog } from "./ImportDialog";
import { NewChain } from "./NewChain";
import { deleteRuleChain, exportChain, listRuleChains, planImport } from "./requests";

export function RuleChainsPage() {
  useNamedPage("Rule chains");
  const navigate = useNavigate();
  const list = useList({ key: "ruleChains", load: listRuleChains, sort: "createdTime", desc: true });
  const [importing, setImporting] = useState<{ content: Record<string, unknown>; plan: ImportPlan }>();
  const [adding, setAdding] = useState(false);
  const ask = async (file: File) => {
    try {
      // The server reads chains, bundles and lists of them; ids in the file say what refers to what.
      const content = (await parseFile(file)) as Record<string, unknown>;
      setImporting({ content, plan: await planImport(content) });
    } catch (error) {
      failed(error);
    }
  };
  return (
    <>
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
        onExport={exportChain}
        deleteWarning="The root rule chain is not deleted."
        actions={
          <>
            <ImportButton onFile={ask} />
            <Button look="primary" icon={<Plus aria-hidden />} onPress={() => setAdding(true)}>
              Add rule chain
            </Button>
          </>
        }
        empty={
          <Empty
            icon={<GitFork />}
            title="No rule chain"
            action={
              <Button look="primary" onPress={() => setAdding(true)}>
                Add rule chain
              </Button>
            }
          >
            Add one, or import one from a file.
          </Empty>
        }
      />
      {importing && (
        <ImportDialog
          {...importing}
          onClose={() => setImporting(undefined)}
          onDone={(chains) => {
            setImporting(undefined);
            done(`${chains.map((one) => one.ruleChainName).join(", ")} imported`);
            const id = chains[0]?.ruleChainId?.id;
            if (id) void navigate({ to: "/rule-chains/$id", params: { id } });
          }}
        />
      )}
      {adding && <NewChain onClose={() => setAdding(false)} />}
    </>
  );
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
