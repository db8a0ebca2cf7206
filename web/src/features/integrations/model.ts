/** An MQTT integration as the form edits it. What the form does not know survives a save. */
import { flag, members, number, text, texts } from "../../api/shapes";
import type { Integration } from "../../api/types";

export interface TopicFilter {
  filter: string;
  qos: 0 | 1 | 2;
}

export type CredentialsKind = "anonymous" | "basic" | "cert.PEM";
export type ProtocolVersion = "MQTT_3_1" | "MQTT_3_1_1" | "MQTT_5";

export interface Connection {
  host: string;
  port: number;
  ssl: boolean;
  credentials: { type: CredentialsKind } & Record<string, string>;
  topicFilters: TopicFilter[];
  protocolVersion: ProtocolVersion;
  cleanSession: boolean;
  retainedMessage: boolean;
  clientId: string;
  maxBytesInMessage: number;
  connectTimeoutSec: number;
  downlinkTopicPattern: string;
  metadata: Record<string, string>;
}

export const PLAIN_PORT = 1883;
export const TLS_PORT = 8883;

/** A new connection: a durable session, because an integration is there to lose nothing. */
export const NEW_CONNECTION: Connection = {
  host: "",
  port: PLAIN_PORT,
  ssl: false,
  credentials: { type: "anonymous" },
  topicFilters: [{ filter: "", qos: 1 }],
  protocolVersion: "MQTT_3_1_1",
  cleanSession: false,
  retainedMessage: false,
  clientId: "",
  maxBytesInMessage: 32_368,
  connectTimeoutSec: 10,
  downlinkTopicPattern: "${topic}",
  metadata: {},
};

const VERSIONS: readonly ProtocolVersion[] = ["MQTT_3_1", "MQTT_3_1_1", "MQTT_5"];
const KINDS: readonly CredentialsKind[] = ["anonymous", "basic", "cert.PEM"];

/** The connection in a saved integration; absent settings have the server's defaults. */
export function readConnection(integration: Integration): Connection {
  const configuration = members(integration.configuration);
  const client = members(configuration.clientConfiguration);
  const filters = Array.isArray(configuration.topicFilters) ? configuration.topicFilters : [];
  const credentials = texts(client.credentials);
  return {
    host: text(client.host),
    port: number(client.port, client.ssl === true ? TLS_PORT : PLAIN_PORT),
    ssl: flag(client.ssl, false),
    credentials: { ...credentials, type: KINDS.find((one) => one === credentials.type) ?? "anonymous" },
    topicFilters: filters.map((one: unknown) => {
      const qos = members(one).qos;
      return { filter: text(members(one).filter), qos: qos === 1 || qos === 2 ? qos : 0 };
    }),
    protocolVersion: VERSIONS.find((one) => one === client.protocolVersion) ?? "MQTT_3_1_1",
    cleanSession: flag(client.cleanSession, true),
    retainedMessage: flag(client.retainedMessage, false),
    clientId: text(client.clientId),
    maxBytesInMessage: number(client.maxBytesInMessage, 32_368),
    connectTimeoutSec: number(client.connectTimeoutSec, 10),
    downlinkTopicPattern: text(configuration.downlinkTopicPattern, "${topic}"),
    metadata: texts(configuration.metadata),
  };
}

/** The integration with this connection; other members of its configuration stay. */
export function withConnection(integration: Integration, connection: Connection): Integration {
  const before = members(integration.configuration);
  const { topicFilters, downlinkTopicPattern, metadata, ...client } = connection;
  return {
    ...integration,
    configuration: {
      ...before,
      clientConfiguration: { ...members(before.clientConfiguration), ...client },
      topicFilters,
      downlinkTopicPattern,
      metadata,
    },
  };
}

/** The connection to try before its topic filters are right: whoever listens first has none yet. */
export function withoutFilters(connection: Connection): Connection {
  return { ...connection, topicFilters: [{ filter: "#", qos: 0 }] };
}

/** The connection with one more topic filter, in the place of the first empty one. */
export function withFilter(connection: Connection, filter: string): Connection {
  const before = connection.topicFilters;
  if (before.some((one) => one.filter === filter)) return connection;
  const empty = before.findIndex((one) => one.filter === "");
  const one: TopicFilter = { filter, qos: 1 };
  return {
    ...connection,
    topicFilters: empty < 0 ? [...before, one] : before.map((old, at) => (at === empty ? one : old)),
  };
}
