/** Kinds of nodes as the server describes them, in the form that palette and forms use. */
import { flag, members, text } from "../../api/shapes";
import type { Component } from "../../api/types";

export type SettingKind =
  "text" | "longText" | "number" | "boolean" | "choice" | "texts" | "map" | "script" | "entity" | "json";

export interface Setting {
  name: string;
  label: string;
  description: string;
  kind: SettingKind;
  options: { value: string; label: string }[];
  offered: string[];
  scriptLang: "JS" | "TBEL";
  entityType: string;
  standard: unknown;
  secret: boolean;
}

export interface NodeKind {
  clazz: string;
  name: string;
  /** FILTER, ENRICHMENT, … */
  part: string;
  description: string;
  outputs: string[];
  customOutputs: boolean;
  settings: Setting[];
  /** Settings of a new node. */
  standard: Record<string, unknown>;
  version: number;
}

export const PARTS = [
  "FILTER",
  "ENRICHMENT",
  "TRANSFORMATION",
  "ACTION",
  "ANALYTICS",
  "EXTERNAL",
  "FLOW",
] as const;

const KINDS: readonly SettingKind[] = [
  "text",
  "longText",
  "number",
  "boolean",
  "choice",
  "texts",
  "map",
  "script",
  "entity",
  "json",
];

function list<T>(value: unknown, read: (one: unknown) => T): T[] {
  return Array.isArray(value) ? value.map(read) : [];
}

function settingOf(raw: unknown): Setting {
  const read = members(raw);
  const name = text(read.name);
  return {
    name,
    label: text(read.label) || name,
    description: text(read.description),
    // A kind that is not known here yet can still be edited, as JSON.
    kind: KINDS.find((one) => one === read.kind) ?? "json",
    options: list(read.options, (one) => ({
      value: text(members(one).value),
      label: text(members(one).label),
    })),
    offered: list(read.offered, (one) => text(one)),
    scriptLang: read.scriptLang === "JS" ? "JS" : "TBEL",
    entityType: text(read.entityType),
    standard: read.default,
    secret: flag(read.secret, false),
  };
}

/** One script shows at a time, in the language that is chosen: each is called the same and explained in full. */
function withOneScript(settings: Setting[]): Setting[] {
  const texts = settings.filter((one) => one.kind === "script").map((one) => one.description);
  const description = texts.reduce((longest, one) => (one.length > longest.length ? one : longest), "");
  return settings.map((one) => (one.kind === "script" ? { ...one, label: "Script", description } : one));
}

export function kindOf(component: Component): NodeKind {
  const definition = members(members(component.configurationDescriptor).nodeDefinition);
  return {
    clazz: component.clazz,
    name: component.name,
    part: component.type,
    description: text(definition.description),
    outputs: list(definition.relationTypes, (one) => text(one)),
    customOutputs: flag(definition.customRelations, false),
    settings: withOneScript(list(definition.settings, settingOf)),
    standard: members(definition.defaultConfiguration),
    version: component.configurationVersion,
  };
}

/** What a palette search finds: names and descriptions. */
export function matching(kinds: NodeKind[], wanted: string): NodeKind[] {
  const lower = wanted.trim().toLowerCase();
  return kinds.filter((one) => `${one.name} ${one.description}`.toLowerCase().includes(lower));
}
