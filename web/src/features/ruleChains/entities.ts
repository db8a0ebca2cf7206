import type { Choice } from "../../ui/Field";
import { listConverters } from "../converters/requests";
import { listDevices } from "../devices/requests";
import { listIntegrations } from "../integrations/requests";
import { listRuleChains } from "./requests";

const QUERY = { page: 0, pageSize: 100, sortProperty: "name", sortOrder: "ASC" as const };

interface Row {
  id?: { id: string } | null;
  name?: string;
}

/** Entities of a kind to choose from; null for kinds that have no list here. */
export async function entityChoices(entityType: string): Promise<Choice<string>[] | null> {
  const rows = await load(entityType);
  return rows && rows.flatMap((one) => (one.id ? [{ id: one.id.id, label: one.name ?? one.id.id }] : []));
}

async function load(entityType: string): Promise<Row[] | null> {
  switch (entityType) {
    case "INTEGRATION":
      return (await listIntegrations(QUERY)).data;
    case "CONVERTER":
      return (await listConverters(QUERY)).data;
    case "RULE_CHAIN":
      return (await listRuleChains(QUERY)).data;
    case "DEVICE":
      return (await listDevices(QUERY)).data;
    default:
      return null;
  }
}
