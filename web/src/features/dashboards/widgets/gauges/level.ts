import { type Members, members } from "../../../../api/shapes";

/** The colour of a gauge's fill: one of a list, by how far the value has come. */
export function levelOf(raw: unknown, part: number | undefined): string | undefined {
  if (!Array.isArray(raw) || part === undefined) return undefined;
  const colours = raw.filter((one): one is string => typeof one === "string" && colour(one));
  return colours[Math.min(Math.floor(part * colours.length), colours.length - 1)];
}

/** The colour of a list of ranges with bounds of their own, when the settings have one. */
export function fixedLevelOf(settings: Members, now: number | undefined): string | undefined {
  if (settings.useFixedLevelColor !== true || now === undefined || !Array.isArray(settings.fixedLevelColors))
    return undefined;
  const at = (raw: unknown, otherwise: number) => {
    const { value } = members(raw);
    return typeof value === "number" ? value : otherwise;
  };
  const found = settings.fixedLevelColors
    .map(members)
    .find(({ from, to }) => now >= at(from, -Infinity) && now < at(to, Infinity));
  return typeof found?.color === "string" && colour(found.color) ? found.color : undefined;
}

/** Whether a text is a colour in one of the forms that dashboards use. */
export function colour(text: string): boolean {
  return /^(#[0-9a-f]{3,8}|rgba?\([\d\s,.%]+\)|hsla?\([\d\s,.%deg]+\))$/i.test(text.trim());
}
