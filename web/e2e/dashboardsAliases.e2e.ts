/** Aliases by relations, groups and states, each with what it means now. */
import type { Locator, Page } from "@playwright/test";
import { series, withDashboard } from "./dashboardsScene";
import type { Rest, Saved } from "./rest";
import { expect, test } from "./scene";

async function choose(scope: Locator, app: Page, label: RegExp | string, option: string): Promise<void> {
  await scope.getByRole("button", { name: label }).click();
  await app.getByRole("option", { name: option, exact: true }).click();
}

async function pick(form: Locator, app: Page, label: string, name: string): Promise<void> {
  await form.getByRole("combobox", { name: label }).fill(name);
  await app.getByRole("option", { name, exact: true }).click();
}

async function openAliases(app: Page, id: string): Promise<Locator> {
  await app.goto(`/dashboards/${id}`);
  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await app.getByRole("button", { name: "Dashboard", exact: true }).click();
  await app.getByRole("menuitem", { name: "Entity aliases" }).click();
  return app.getByRole("dialog", { name: "Entity aliases" });
}

const contains = (rest: Rest, from: Saved["id"], to: Saved["id"]) =>
  rest.post<unknown>("/api/relation", { from, to, type: "Contains", typeGroup: "COMMON" });

test("aliases by relations and groups are made in forms, with what they mean now", async ({ app, rest }) => {
  const site = (await rest.post("/api/asset", { name: "Site 1", type: "site" })).id;
  const hall = (await rest.post("/api/asset", { name: "Hall 1", type: "hall" })).id;
  const pumps: Saved["id"][] = [];
  for (const name of ["Rel pump 1", "Rel pump 2"])
    pumps.push((await rest.post("/api/device", { name, type: "rel-pump" })).id);
  const fan = (await rest.post("/api/device", { name: "Rel fan", type: "rel-fan" })).id;
  await contains(rest, site, hall);
  for (const one of [...pumps, fan]) await contains(rest, hall, one);
  const group = await rest.post("/api/entityGroup", { name: "Night shift", type: "DEVICE" });
  await rest.post<unknown>(
    `/api/entityGroup/${group.id.id}/addEntities`,
    pumps.map((one) => one.id),
  );
  const id = await withDashboard(rest, "By relation", fan, []);
  const list = await openAliases(app, id);
  const add = async (name: string, kind: string, fill: (form: Locator) => Promise<void>, means: string) => {
    await list.getByRole("button", { name: "Add alias" }).click();
    const form = app.getByRole("dialog", { name: "New alias" });
    await form.getByLabel("Alias name").fill(name);
    await choose(form, app, /Filter$/, kind);
    await fill(form);
    await expect(form.getByText(means).first()).toBeVisible();
    await form.getByRole("button", { name: "Add alias" }).click();
    await expect(list.getByText(name, { exact: true })).toBeVisible();
  };
  const fromSite = async (form: Locator) => {
    await choose(form, app, /Root entity: type/, "Asset");
    await pick(form, app, "Root entity", "Site 1");
    await form.getByLabel("Levels").fill("2");
    await form.getByLabel("Levels").press("Tab");
  };
  await add(
    "All below",
    "Relations",
    async (form) => {
      await fromSite(form);
      await form.getByText("Device", { exact: true }).last().click();
    },
    "3 entities",
  );
  await add(
    "Pumps below",
    "Devices by relation",
    async (form) => {
      await fromSite(form);
      await form.getByLabel("Device types").fill("rel-pump");
    },
    "Rel pump 1, Rel pump 2",
  );
  await add("Halls below", "Assets by relation", fromSite, "Hall 1");
  await add(
    "Night",
    "Members of a group",
    (form) => choose(form, app, /^Choose a group Group$|Group$/, "Night shift"),
    "2 entities",
  );
  await add(
    "Night by name",
    "Members of a group, by its name",
    (form) => form.getByLabel("Name of the group").fill("Night shift"),
    "Rel pump 1, Rel pump 2",
  );
  await add("Groups", "Group list", (form) => pick(form, app, "Add an entity", "Night shift"), "Night shift");
  await add(
    "Groups by name",
    "Group name",
    (form) => form.getByLabel("Name begins with").fill("night"),
    "Night shift",
  );
  await add(
    "Owner",
    "Owner of the state's entity",
    async () => undefined,
    "Known when a state is opened with an entity",
  );
  await add(
    "Around",
    "Devices by relation",
    async (form) => form.getByText("The state's entity is the root").click(),
    "Known when a state is opened with an entity",
  );
  await add("Me", "Single entity", (form) => choose(form, app, /Entity type/, "Whoever looks"), "1 entity");
  await list.getByRole("button", { name: "Done" }).click();
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();
  const stored = await rest.get<{
    configuration: { entityAliases: Record<string, { alias: string; filter: object }> };
  }>(`/api/dashboard/${id}`);
  const filters = new Map(
    Object.values(stored.configuration.entityAliases).map((one) => [one.alias, one.filter]),
  );
  expect(filters.get("All below")).toMatchObject({
    type: "relationsQuery",
    resolveMultiple: true,
    rootEntity: site,
    direction: "FROM",
    maxLevel: 2,
    filters: [{ relationType: "Contains", entityTypes: ["DEVICE"] }],
  });
  expect(filters.get("Night")).toMatchObject({
    type: "entityGroup",
    groupType: "DEVICE",
    entityGroup: group.id.id,
  });
  expect(filters.get("Around")).toMatchObject({ rootStateEntity: true, relationType: "Contains" });
});

test("an alias of a kind that is not here is told, and kept", async ({ app, rest }) => {
  const device = (await rest.post("/api/device", { name: "Kept", type: "kept" })).id;
  const edge = { type: "edgeType", edgeTypes: ["a"], edgeNameFilter: "", resolveMultiple: true, odd: 7 };
  const id = await withDashboard(rest, "Edges", device, [], {
    entityAliases: { e: { id: "e", alias: "Edges", filter: edge } },
  });
  const list = await openAliases(app, id);
  await list.getByRole("button", { name: "Edit alias Edges" }).click();
  const form = app.getByRole("dialog", { name: "Edit alias Edges" });
  await expect(form.getByText("There are no edges here")).toBeVisible();
  await expect(form.getByText("0 entities")).toBeVisible();
  await form.getByLabel("Alias name").fill("Old edges");
  await form.getByRole("button", { name: "Apply" }).click();
  await list.getByRole("button", { name: "Done" }).click();
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();
  const stored = await rest.get<{ configuration: { entityAliases: object } }>(`/api/dashboard/${id}`);
  expect(stored.configuration.entityAliases).toEqual({ e: { id: "e", alias: "Old edges", filter: edge } });
});

test("an alias of one entity is pointed at another on the toolbar", async ({ app, rest }) => {
  const ids: Saved["id"][] = [];
  for (const [name, level] of [
    ["Tank 1", 11],
    ["Tank 2", 22],
  ] as const) {
    const device = await rest.post("/api/device", { name, type: "tank" });
    ids.push(device.id);
    await rest.post(`/api/plugins/telemetry/DEVICE/${device.id.id}/timeseries/ANY`, { level });
  }
  const [first] = ids;
  if (!first) throw new Error("no device");
  const tank = { type: "deviceType", deviceTypes: ["tank"], resolveMultiple: false };
  const config = { datasources: [{ type: "entity", entityAliasId: "tank", dataKeys: [series("level")] }] };
  const card = {
    fqn: "cards.value_card",
    type: "latest",
    title: "Level",
    at: [0, 0, 6, 4] as [number, number, number, number],
    config,
  };
  const entityAliases = { tank: { id: "tank", alias: "The tank", filter: tank } };
  const id = await withDashboard(rest, "Tanks", first, [card], { entityAliases });
  await app.goto(`/dashboards/${id}`);
  const shown = app.getByRole("region", { name: "Level" });
  await expect(shown).toContainText("11");
  await app.getByRole("button", { name: "Entities", exact: true }).click();
  await choose(app.getByRole("dialog", { name: "Entities" }), app, /The tank$/, "Tank 2");
  await expect(shown).toContainText("22");
  const hidden = await withDashboard(rest, "Tanks", first, [card], {
    entityAliases,
    settings: { stateControllerId: "entity", showEntitiesSelect: false },
  });
  await app.goto(`/dashboards/${hidden}`);
  await expect(shown).toContainText("11");
  await expect(app.getByRole("button", { name: "Entities", exact: true })).toHaveCount(0);
});
