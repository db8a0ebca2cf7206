import { useNavigate } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { Download, EllipsisVertical, Network, Plus, Redo2, Save, Star, Trash2, Undo2 } from "lucide-react";
import { useState } from "react";
import type { RuleChain } from "../../api/types";
import { PageHead } from "../../layouts/PageHead";
import { Button, IconButton } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Menu } from "../../ui/Menu";
import { Status } from "../../ui/Status";
import { done, failed } from "../../ui/Toast";
import { deleteRuleChain, makeRoot } from "./requests";

interface HeadProps {
  chain: RuleChain;
  dirty: boolean;
  pending: boolean;
  palette: boolean;
  canUndo: boolean;
  canRedo: boolean;
  onUndo: () => void;
  onRedo: () => void;
  onArrange: () => void;
  onPalette: () => void;
  onApply: () => void;
  onExport: () => void;
  /** The chain is about to go: nothing is kept. */
  onGone: () => void;
}

/** The head of the editor: what can be done with the chain as a whole. */
export function ChainHead(props: HeadProps) {
  const { chain } = props;
  const id = chain.id?.id ?? "";
  const [deleting, setDeleting] = useState(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const root = async () => {
    try {
      await makeRoot(id);
      await queries.invalidateQueries({ queryKey: ["ruleChains"] });
      done(`${chain.name} is the root rule chain`);
    } catch (error) {
      failed(error);
    }
  };
  return (
    <>
      <PageHead
        title={chain.name ?? ""}
        state={
          <>
            {chain.root && <Status tone="good">Root</Status>}
            {props.dirty && <Status tone="warn">Not saved yet</Status>}
          </>
        }
        actions={
          <>
            <IconButton
              label="Undo"
              look="secondary"
              icon={<Undo2 aria-hidden />}
              isDisabled={!props.canUndo}
              onPress={props.onUndo}
            />
            <IconButton
              label="Redo"
              look="secondary"
              icon={<Redo2 aria-hidden />}
              isDisabled={!props.canRedo}
              onPress={props.onRedo}
            />
            <IconButton
              label="Arrange the nodes"
              look="secondary"
              icon={<Network aria-hidden />}
              onPress={props.onArrange}
            />
            <Button icon={<Plus aria-hidden />} onPress={props.onPalette} aria-expanded={props.palette}>
              Add node
            </Button>
            <Button
              look="primary"
              icon={<Save aria-hidden />}
              isDisabled={!props.dirty}
              isPending={props.pending}
              onPress={props.onApply}
            >
              Apply changes
            </Button>
            <Menu
              label="Rule chain actions"
              actions={[
                { id: "root", label: "Make root", icon: <Star aria-hidden />, onAction: () => void root() },
                { id: "export", label: "Export", icon: <Download aria-hidden />, onAction: props.onExport },
                {
                  id: "delete",
                  label: "Delete",
                  icon: <Trash2 aria-hidden />,
                  danger: true,
                  onAction: () => setDeleting(true),
                },
              ]}
            >
              <IconButton
                label="Rule chain actions"
                look="secondary"
                icon={<EllipsisVertical aria-hidden />}
              />
            </Menu>
          </>
        }
      />
      <Confirm
        title={`Delete ${chain.name}?`}
        action="Delete"
        isOpen={deleting}
        onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await deleteRuleChain(id);
          props.onGone();
          await navigate({ to: "/rule-chains" });
          await queries.invalidateQueries({ queryKey: ["ruleChains", "list"] });
          done(`${chain.name} deleted`);
        }}
      >
        <p>The root rule chain cannot be deleted.</p>
      </Confirm>
    </>
  );
}
