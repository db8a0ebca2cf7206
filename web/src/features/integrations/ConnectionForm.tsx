import { Plus, X } from "lucide-react";
import { Disclosure, DisclosurePanel, Button as AriaButton, Heading } from "react-aria-components";
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../ui/Button";
import { Checkbox, NumberField, Select, Switch, TextField } from "../../ui/Field";
import { KeyValues, type Pairs, toRecord } from "../../ui/KeyValues";
import { Notice } from "../../ui/Notice";
import { CredentialsFields } from "./CredentialsFields";
import { type Connection, PLAIN_PORT, TLS_PORT, type TopicFilter } from "./model";
import { type Faults, warningsOf } from "./validation";
import "./integrations.css";

const QOS = [
  { id: "0", label: "QoS 0 – at most once" },
  { id: "1", label: "QoS 1 – at least once" },
  { id: "2", label: "QoS 2 – exactly once" },
] as const;

const VERSIONS = [
  { id: "MQTT_3_1", label: "MQTT 3.1", description: "Connects with 3.1.1" },
  { id: "MQTT_3_1_1", label: "MQTT 3.1.1" },
  { id: "MQTT_5", label: "MQTT 5" },
] as const;

interface FormProps {
  connection: Connection;
  onChange: (connection: Connection) => void;
  /** Shown when the person has tried to go on. */
  faults: Faults | undefined;
}

/** How to reach the broker, what to subscribe to, and what is rarely changed. */
export function ConnectionForm({ connection, onChange, faults }: FormProps) {
  const set = (part: Partial<Connection>) => onChange({ ...connection, ...part });
  const setTls = (ssl: boolean) => {
    const usual = connection.port === (ssl ? PLAIN_PORT : TLS_PORT);
    set({ ssl, port: usual ? (ssl ? TLS_PORT : PLAIN_PORT) : connection.port });
  };
  return (
    <div className="stack">
      <div className="host-port">
        <TextField
          label="Host"
          value={connection.host}
          onChange={(host) => set({ host })}
          placeholder="broker.example.org"
          error={faults?.host}
          isRequired
        />
        <NumberField
          label="Port"
          value={connection.port}
          onChange={(port) => set({ port })}
          minValue={1}
          maxValue={65535}
          error={faults?.port}
        />
      </div>
      <Switch label="Encrypt the connection (TLS)" value={connection.ssl} onChange={setTls} />
      <CredentialsFields
        credentials={connection.credentials}
        onChange={(credentials) => set({ credentials })}
      />
      <TopicFilters
        filters={connection.topicFilters}
        faults={faults?.filters}
        onChange={(topicFilters) => set({ topicFilters })}
      />
      {warningsOf(connection).map((one) => (
        <Notice key={one} tone="warn" title={one} />
      ))}
      <Advanced connection={connection} set={set} faults={faults} />
    </div>
  );
}

interface FiltersProps {
  filters: TopicFilter[];
  faults: (string | undefined)[] | undefined;
  onChange: (filters: TopicFilter[]) => void;
}

function TopicFilters({ filters, faults, onChange }: FiltersProps) {
  const set = (place: number, part: Partial<TopicFilter>) =>
    onChange(filters.map((one, at) => (at === place ? { ...one, ...part } : one)));
  return (
    <fieldset className="pairs">
      <legend className="field-label">Topic filters</legend>
      {filters.map((one, place) => (
        <div key={place} className="topic-filter">
          <TextField
            bare
            label={`Topic filter ${place + 1}`}
            value={one.filter}
            onChange={(filter) => set(place, { filter })}
            placeholder="site/+/temperature"
            error={faults?.[place]}
            mono
          />
          <Select
            bare
            label={`QoS of topic filter ${place + 1}`}
            choices={QOS}
            value={QOS[one.qos].id}
            onChange={(id) => set(place, { qos: id === "2" ? 2 : id === "1" ? 1 : 0 })}
          />
          <IconButton
            label={`Remove topic filter ${place + 1}`}
            icon={<X aria-hidden />}
            isDisabled={filters.length === 1}
            onPress={() => onChange(filters.filter((_, at) => at !== place))}
          />
        </div>
      ))}
      <div>
        <Button
          look="quiet"
          icon={<Plus aria-hidden />}
          onPress={() => onChange([...filters, { filter: "", qos: 1 }])}
        >
          Add topic filter
        </Button>
      </div>
    </fieldset>
  );
}

interface AdvancedProps {
  connection: Connection;
  set: (part: Partial<Connection>) => void;
  faults: Faults | undefined;
}

function Advanced({ connection, set, faults }: AdvancedProps) {
  const [pairs, setPairs] = useState<Pairs>(Object.entries(connection.metadata));
  const [open, setOpen] = useState(false);
  const faulty = Boolean(faults?.clientId ?? faults?.connectTimeoutSec);
  return (
    <Disclosure className="advanced" isExpanded={open || faulty} onExpandedChange={setOpen}>
      <Heading level={3}>
        <AriaButton slot="trigger" className="button button-quiet advanced-button">
          <ChevronRight aria-hidden />
          Advanced settings
        </AriaButton>
      </Heading>
      <DisclosurePanel>
        <div className="stack advanced-panel">
          <Checkbox
            label="Clean session"
            description="Off: the broker keeps the subscription and its messages while Millrace is away. A client id is derived when it is empty."
            value={connection.cleanSession}
            onChange={(cleanSession) => set({ cleanSession })}
          />
          <Checkbox
            label="Retain downlinks"
            description="The broker keeps the last command of each topic for later subscribers."
            value={connection.retainedMessage}
            onChange={(retainedMessage) => set({ retainedMessage })}
          />
          <div className="columns">
            <Select
              label="Protocol"
              choices={VERSIONS}
              value={connection.protocolVersion}
              onChange={(protocolVersion) => set({ protocolVersion })}
            />
            <TextField
              label="Client id"
              value={connection.clientId}
              onChange={(clientId) => set({ clientId })}
              error={faults?.clientId}
              placeholder="derived from the integration"
            />
            <NumberField
              label="Connection timeout, seconds"
              value={connection.connectTimeoutSec}
              onChange={(connectTimeoutSec) => set({ connectTimeoutSec })}
              error={faults?.connectTimeoutSec}
            />
            <NumberField
              label="Largest message, bytes"
              value={connection.maxBytesInMessage}
              onChange={(maxBytesInMessage) => set({ maxBytesInMessage })}
              minValue={1}
              description="Larger ones are discarded with an event."
            />
          </div>
          <TextField
            label="Downlink topic pattern"
            value={connection.downlinkTopicPattern}
            onChange={(downlinkTopicPattern) => set({ downlinkTopicPattern })}
            description="${topic} is the topic that the downlink converter names in its metadata."
            mono
          />
          <KeyValues
            label="Metadata for the converters"
            noun="metadata"
            pairs={pairs}
            onChange={(next) => {
              setPairs(next);
              set({ metadata: toRecord(next) });
            }}
          />
        </div>
      </DisclosurePanel>
    </Disclosure>
  );
}
