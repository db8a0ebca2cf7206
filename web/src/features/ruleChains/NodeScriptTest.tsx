import { useQuery } from "@tanstack/react-query";
import type { RuleNode, ScriptLang } from "../../api/types";
import { toRecord } from "../../ui/KeyValues";
import { Loading } from "../../ui/Notice";
import { TestDialog } from "../scriptTest/TestDialog";
import type { TestCase } from "../scriptTest/testCase";
import { testScript } from "./requests";
import { USUAL_MESSAGE, messagesInto, scriptTypeOf, scriptUseOf } from "./scripts";

interface NodeScriptTestProps {
  node: RuleNode;
  lang: ScriptLang;
  script: string;
  onScript: (script: string) => void;
  /** The message to begin with; the newest one that entered the node when absent. */
  start?: TestCase;
  onClose: () => void;
}

/** The test of a node's script, on messages that entered it. */
export function NodeScriptTest({ node, start, ...rest }: NodeScriptTestProps) {
  const id = node.id?.id;
  const found = useQuery({
    queryKey: ["captured", "RULE_NODE", id ?? "new"],
    queryFn: () => (id === undefined ? [] : messagesInto(id)),
    // The dialog keeps the case it was opened with.
    staleTime: Infinity,
    gcTime: 0,
  });
  if (found.isPending) return <Loading what="captured messages" />;
  const scriptType = scriptTypeOf(node);
  const use = scriptUseOf(node);
  return (
    <TestDialog
      {...rest}
      title={`Test the script of ${node.name ?? "the node"}`}
      use={use}
      start={start ?? found.data?.[0]?.test ?? USUAL_MESSAGE}
      captured={
        id === undefined ? undefined : { key: ["RULE_NODE", id, "dialog"], load: () => messagesInto(id) }
      }
      run={(script, test) =>
        testScript(rest.lang, {
          script,
          scriptType,
          argNames: use === "GENERATOR" ? ["prevMsg", "prevMetadata", "prevMsgType"] : undefined,
          msg: test.content,
          msgType: test.msgType,
          metadata: toRecord(test.metadata),
        })
      }
    />
  );
}
