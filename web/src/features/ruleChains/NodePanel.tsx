import { Trash2, X } from "lucide-react";
import { useState } from "react";
import { members } from "../../api/shapes";
import type { EntityId, RuleNode } from "../../api/types";
import { Button, IconButton } from "../../ui/Button";
import { Select, Switch, TextField } from "../../ui/Field";
import { Notice } from "../../ui/Notice";
import { Tabs } from "../../ui/Tabs";
import { EventsPanel } from "../events/EventsPanel";
import { type Draft, type DraftNode, closesCircle, labelsBetween, usualLabel } from "./draft";
import type { NodeKind } from "./kinds";
import { SettingField } from "./SettingField";

interface PanelProps {
  draft: Draft;
  one: DraftNode;
  kind: NodeKind | undefined;
  onChange: (change: (node: RuleNode) => RuleNode) => void;
  onRemove: () => void;
  onLabels: (to: string, labels: string[]) => void;
  onFirst: () => void;
  onPickLink: (to: string) => void;
  onClose: () => void;
}

/** Everything about one node: settings, links, what went through it. */
export function NodePanel({
  draft,
  one,
  kind,
  onChange,
  onRemove,
  onLabels,
  onFirst,
  onPickLink,
  onClose,
}: PanelProps) {
  const [tab, setTab] = useState("settings");
  const { node } = one;
  const saved: EntityId | undefined = node.id ? { entityType: "RULE_NODE", id: node.id.id } : undefined;
  return (
    <section className="node-panel" aria-label={`Node ${node.name ?? ""}`}>
      <header className="node-panel-head">
        <div>
          <h2>{node.name}</h2>
          <p className="soft small">{kind?.name ?? node.type}</p>
        </div>
        <IconButton label="Close the node" icon={<X aria-hidden />} onPress={onClose} />
      </header>
      <div className="node-panel-body">
        <Tabs
          label="Node"
          selected={tab}
          onSelect={setTab}
          tabs={[
            {
              id: "settings",
              label: "Settings",
              content: (
                <div className="stack">
                  {kind ? (
                    <p className="soft">{kind.description}</p>
                  ) : (
                    <Notice tone="warn" title="This server does not have this kind of node.">
                      Its settings are kept; messages that reach it fail.
                    </Notice>
                  )}
                  <NodeSettings node={node} kind={kind} onChange={onChange} />
                  <div className="form-actions">
                    {draft.first !== one.key && <Button onPress={onFirst}>Make it the first node</Button>}
                    <Button look="danger" icon={<Trash2 aria-hidden />} onPress={onRemove}>
                      Remove node
                    </Button>
                  </div>
                </div>
              ),
            },
            {
              id: "links",
              label: "Links",
              content: (
                <NodeLinks draft={draft} one={one} kind={kind} onLabels={onLabels} onPickLink={onPickLink} />
              ),
            },
            {
              id: "events",
              label: "Events",
              content: saved ? (
                <EventsPanel
                  entity={saved}
                  types={["DEBUG_RULE_NODE", "LC_EVENT", "ERROR", "STATS"]}
                  hint="Record all messages in the settings to see them here."
                />
              ) : (
                <p className="soft">Apply the changes first: a node that is not saved sees no messages.</p>
              ),
            },
          ]}
        />
      </div>
    </section>
  );
}

interface SettingsProps {
  node: RuleNode;
  kind: NodeKind | undefined;
  onChange: (change: (node: RuleNode) => RuleNode) => void;
}

function NodeSettings({ node, kind, onChange }: SettingsProps) {
  const configuration = members(node.configuration);
  const debug = node.debugSettings ?? {};
  const recording = debug.allEnabled === true || (debug.allEnabledUntil ?? 0) > Date.now();
  const lang = configuration.scriptLang;
  const shown = (kind?.settings ?? []).filter(
    (one) => one.kind !== "script" || !lang || one.scriptLang === lang,
  );
  return (
    <>
      <TextField
        label="Name"
        value={node.name ?? ""}
        onChange={(name) => onChange((before) => ({ ...before, name }))}
        isRequired
      />
      {shown.map((one) => (
        <SettingField
          key={one.name}
          setting={one}
          value={configuration[one.name] ?? one.standard}
          onChange={(value) =>
            onChange((before) => ({
              ...before,
              configuration: { ...members(before.configuration), [one.name]: value },
            }))
          }
        />
      ))}
      {!kind && <pre className="code-block">{JSON.stringify(node.configuration, null, 2)}</pre>}
      <Switch
        label="Record all messages for a while"
        value={recording}
        onChange={(allEnabled) =>
          onChange((before) => ({
            ...before,
            debugSettings: {
              ...before.debugSettings,
              allEnabled,
              allEnabledUntil: allEnabled ? undefined : 0,
            },
          }))
        }
      />
      <Switch
        label="Record failures"
        value={debug.failuresEnabled === true}
        onChange={(failuresEnabled) =>
          onChange((before) => ({ ...before, debugSettings: { ...before.debugSettings, failuresEnabled } }))
        }
      />
    </>
  );
}

interface LinksProps {
  draft: Draft;
  one: DraftNode;
  kind: NodeKind | undefined;
  onLabels: (to: string, labels: string[]) => void;
  onPickLink: (to: string) => void;
}

/** Links by name, for those who do not draw them. */
function NodeLinks({ draft, one, kind, onLabels, onPickLink }: LinksProps) {
  const targets = [...new Set(draft.links.filter((link) => link.from === one.key).map((link) => link.to))];
  const nameOf = (key: string) => draft.nodes.find((other) => other.key === key)?.node.name ?? key;
  const free = draft.nodes.filter(
    (other) => !targets.includes(other.key) && !closesCircle(draft, one.key, other.key),
  );
  return (
    <div className="stack">
      {targets.length === 0 && <p className="soft">Messages end at this node.</p>}
      <ul className="stack">
        {targets.map((to) => (
          <li key={to} className="row">
            <span>
              <strong>{labelsBetween(draft, one.key, to).join(" / ")}</strong> → {nameOf(to)}
            </span>
            <span className="row row-end">
              <Button look="quiet" onPress={() => onPickLink(to)}>
                Labels
              </Button>
              <IconButton
                label={`Remove the link to ${nameOf(to)}`}
                icon={<Trash2 aria-hidden />}
                onPress={() => onLabels(to, [])}
              />
            </span>
          </li>
        ))}
      </ul>
      {free.length > 0 && (
        <Select
          label="Add a link to"
          choices={free.map((other) => ({ id: other.key, label: other.node.name ?? other.key }))}
          value={undefined}
          onChange={(to) => {
            onLabels(to, [usualLabel(kind)]);
            onPickLink(to);
          }}
        />
      )}
    </div>
  );
}
