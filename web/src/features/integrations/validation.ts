/** What is wrong with a connection before the server is asked; the server has the last word. */
import type { Connection } from "./model";

export interface Faults {
  host?: string;
  port?: string;
  filters: (string | undefined)[];
  clientId?: string;
  connectTimeoutSec?: string;
}

const CLIENT_ID_3_1 = 23;
const CLIENT_ID = 256;
const MAX_TIMEOUT = 200;

export function faultsOf(connection: Connection): Faults {
  const faults: Faults = { filters: connection.topicFilters.map((one) => filterFault(one.filter)) };
  if (!connection.host.trim()) faults.host = "name or address of the broker";
  else if (/[\s/]|:\/\//.test(connection.host.trim()))
    faults.host = "only the name or address, without mqtt:// and spaces";
  if (!Number.isInteger(connection.port) || connection.port < 1 || connection.port > 65_535) {
    faults.port = "a number from 1 to 65535";
  }
  const longest = connection.protocolVersion === "MQTT_3_1" ? CLIENT_ID_3_1 : CLIENT_ID;
  if (connection.clientId.length > longest) {
    faults.clientId = `${connection.clientId.length} characters; this protocol allows ${longest}`;
  }
  if (connection.connectTimeoutSec < 1 || connection.connectTimeoutSec > MAX_TIMEOUT) {
    faults.connectTimeoutSec = `from 1 to ${MAX_TIMEOUT} seconds`;
  }
  return faults;
}

export function isFaulty(faults: Faults): boolean {
  const { filters, ...rest } = faults;
  return filters.length === 0 || filters.some(Boolean) || Object.values(rest).some(Boolean);
}

/** Why a topic filter is not one, by the rules of MQTT. */
export function filterFault(filter: string): string | undefined {
  if (filter === "") return "a topic, + for one level, # for all below";
  if (filter.includes("\0")) return "must not contain the null character";
  if (new TextEncoder().encode(filter).length > 65_535) return "longer than MQTT allows";
  const levels = filter.split("/");
  for (const [place, level] of levels.entries()) {
    if (level.includes("#") && (level !== "#" || place !== levels.length - 1))
      return "# must be the whole last level";
    if (level.includes("+") && level !== "+") return "+ must be a whole level";
  }
  return undefined;
}

/** Advice about settings that are allowed but rarely meant. */
export function warningsOf(connection: Connection): string[] {
  const warnings: string[] = [];
  if (connection.cleanSession && connection.topicFilters.some((one) => one.qos > 0)) {
    warnings.push(
      "With a clean session the broker keeps nothing while Millrace is away, whatever the QoS. Turn it off to lose nothing.",
    );
  }
  const password = connection.credentials.type === "basic" && connection.credentials.password;
  if (password && !connection.ssl) warnings.push("Without TLS the password crosses the network readable.");
  return warnings;
}
