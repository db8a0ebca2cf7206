import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useNamedPage } from "../../app/pageName";
import { Loading, Problem } from "../../ui/Notice";
import { Editor } from "./Editor";
import { kindOf } from "./kinds";
import { getMetadata, getRuleChain, listComponents } from "./requests";

export function RuleChainPage() {
  const { id } = useParams({ from: "/rule-chains/$id" });
  const chain = useQuery({ queryKey: ["ruleChains", id], queryFn: () => getRuleChain(id) });
  const metadata = useQuery({ queryKey: ["ruleChains", id, "metadata"], queryFn: () => getMetadata(id) });
  const components = useQuery({
    queryKey: ["components"],
    queryFn: async () => (await listComponents()).map(kindOf),
    staleTime: Infinity,
  });
  useNamedPage(chain.data?.name);
  const failed = [chain, metadata, components].find((one) => one.isError);
  if (failed) return <Problem error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!chain.data || !metadata.data || !components.data) return <Loading what="the rule chain" />;
  return <Editor key={id} chain={chain.data} metadata={metadata.data} kinds={components.data} />;
}
