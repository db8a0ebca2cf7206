import { Trash2, X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { members, text } from "../../api/shapes";
import type { DebugSettings, Event, RuleNode } from "../../api/types";
import { Button, IconButton } from "../../ui/Button";
import { Select, Switch, TextField } from "../../ui/Field";
import { Loading, Notice } from "../../ui/Notice";
import { Tabs } from "../../ui/Tabs";
import { DebugControl } from "../events/DebugControl";
import type { TestCase } from "../scriptTest/testCase";
import { type Draft, type DraftNode, closesCircle, labelsBetween, usualLabel } from "./draft";
import type { NodeKind } from "./kinds";
import type { Found } from "./lint";
import { NodeEvents } from "./NodeEvents";
import { caseOfMessage, scriptUseOf } from "./scripts";
import { SettingField } from "./SettingField";

const NodeScriptTest = lazy(() =>
  import("./NodeScriptTest").then((module) => ({ default: module.NodeScriptTest })),
);

interface PanelProps {
  draft: Draft;
  one: DraftNode;
  kind: NodeKind | undefined;
  findings: readonly Found[];
  /** What is recorded at the node, as it was saved last. */
  debug: DebugSettings | undefined;
  /** Changes what is recorded, at once. */
  onDebug: (settings: DebugSettings) => Promise<unknown>;
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
  findings,
  debug,
  onDebug,
  onChange,
  onRemove,
  onLabels,
  onFirst,
  onPickLink,
  onClose,
}: PanelProps) {
  const [tab, setTab] = useState("settings");
  const [test, setTest] = useState<{ start: TestCase | undefined }>();
  const { node } = one;
  const nodeId = node.id?.id;
  const script = scriptSetting(node, kind);
  const set = (name: string, value: unknown) =>
    onChange((before) => ({
      ...before,
      configuration: { ...members(before.configuration), [name]: value },
    }));
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
                  {findings.map((found) => (
                    <Notice
                      key={`${found.code}:${found.text}`}
                      tone={found.severity === "ERROR" ? "bad" : "warn"}
                      title={found.text}
                    />
                  ))}
                  <TextField
                    label="Name"
                    value={node.name ?? ""}
                    onChange={(name) => onChange((before) => ({ ...before, name }))}
                    isRequired
                  />
                  <NodeSettings
                    node={node}
                    kind={kind}
                    onSet={set}
                    onTest={script ? () => setTest({ start: undefined }) : undefined}
                  />
                  <Recording
                    node={node}
                    debug={debug}
                    onDebug={onDebug}
                    onChange={(debugSettings) => onChange((before) => ({ ...before, debugSettings }))}
                  />
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
              content: nodeId ? (
                <div className="stack">
                  <DebugControl settings={debug} onChange={onDebug} />
                  <NodeEvents
                    nodeId={nodeId}
                    onTest={
                      script && scriptUseOf(node) === "RULE"
                        ? (event: Event) => setTest({ start: caseOfMessage(event) })
                        : undefined
                    }
                  />
                </div>
              ) : (
                <p className="soft">Apply the changes first: a node that is not saved sees no messages.</p>
              ),
            },
          ]}
        />
      </div>
      {test && script && (
        <Suspense fallback={<Loading what="the test" />}>
          <NodeScriptTest
            node={node}
            lang={script.scriptLang}
            script={text(members(node.configuration)[script.name] ?? script.standard)}
            onScript={(value) => set(script.name, value)}
            start={test.start}
            onClose={() => setTest(undefined)}
          />
        </Suspense>
      )}
    </section>
  );
}

/** The settings that count: of the scripts only the one in the language that is chosen. */
function shownSettings(node: RuleNode, kind: NodeKind | undefined) {
  const lang = members(node.configuration).scriptLang;
  return (kind?.settings ?? []).filter((one) => one.kind !== "script" || !lang || one.scriptLang === lang);
}

function scriptSetting(node: RuleNode, kind: NodeKind | undefined) {
  return shownSettings(node, kind).find((one) => one.kind === "script");
}

interface SettingsProps {
  node: RuleNode;
  kind: NodeKind | undefined;
  onSet: (name: string, value: unknown) => void;
  onTest: (() => void) | undefined;
}

function NodeSettings({ node, kind, onSet, onTest }: SettingsProps) {
  const configuration = members(node.configuration);
  return (
    <>
      {shownSettings(node, kind).map((one) => (
        <SettingField
          key={one.name}
          setting={one}
          value={configuration[one.name] ?? one.standard}
          onChange={(value) => onSet(one.name, value)}
          script={onTest && { use: scriptUseOf(node), onTest }}
        />
      ))}
      {!kind && <pre className="code-block">{JSON.stringify(node.configuration, null, 2)}</pre>}
    </>
  );
}

interface RecordingProps {
  node: RuleNode;
  debug: DebugSettings | undefined;
  onDebug: (settings: DebugSettings) => Promise<unknown>;
  onChange: (settings: DebugSettings) => void;
}

/** What is recorded: at once for a saved node, with the save for a new one. */
function Recording({ node, debug, onDebug, onChange }: RecordingProps) {
  if (node.id) return <DebugControl settings={debug} onChange={onDebug} />;
  const settings = node.debugSettings ?? {};
  return (
    <>
      <Switch
        label="Record all messages for a while"
        value={settings.allEnabled === true}
        onChange={(allEnabled) => onChange({ ...settings, allEnabled })}
      />
      <Switch
        label="Record failures"
        value={settings.failuresEnabled === true}
        onChange={(failuresEnabled) => onChange({ ...settings, failuresEnabled })}
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
