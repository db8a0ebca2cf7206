/** Filters of a dashboard: made in a form, obeyed by widgets, changed on the toolbar. */
import type { Locator, Page } from "@playwright/test";
import { type Placed, series, withAlarm, withDashboard } from "./dashboardsScene";
import type { Rest, Saved } from "./rest";
import { expect, test } from "./scene";

async function choose(scope: Locator, app: Page, label: RegExp | string, option: string): Promise<void> {
  await scope.getByRole("button", { name: label }).click();
  await app.getByRole("option", { name: option, exact: true }).click();
}

async function ovens(rest: Rest, type: string): Promise<Saved["id"][]> {
  const ids: Saved["id"][] = [];
  for (const [index, heat] of [100, 200, 300].entries()) {
    const device = await rest.post("/api/device", { name: `${type} ${index + 1}`, type });
    await rest.post(`/api/plugins/telemetry/DEVICE/${device.id.id}/timeseries/ANY`, { heat });
    ids.push(device.id);
  }
  return ids;
}

const about = (type: string) => ({
  entityAliases: {
    all: {
      id: "all",
      alias: "Ovens",
      filter: { type: "deviceType", deviceTypes: [type], resolveMultiple: true },
    },
  },
});

const TABLE: Placed = {
  fqn: "cards.entities_table",
  type: "latest",
  title: "Ovens",
  at: [0, 0, 12, 6],
  config: { datasources: [{ type: "entity", entityAliasId: "all", dataKeys: [series("heat")] }] },
};

test("a filter is made in a form, used by a table, and its value changed on the toolbar", async ({
  app,
  rest,
}) => {
  const [first] = await ovens(rest, "oven");
  if (!first) throw new Error("no device");
  const id = await withDashboard(rest, "Filters", first, [TABLE], about("oven"));
  await app.goto(`/dashboards/${id}`);
  const table = app.getByRole("table", { name: "Ovens" });
  await expect(table.getByRole("row")).toHaveCount(4);
  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await app.getByRole("button", { name: "Dashboard", exact: true }).click();
  await app.getByRole("menuitem", { name: "Filters" }).click();
  const list = app.getByRole("dialog", { name: "Filters", exact: true });
  await list.getByRole("button", { name: "Add filter" }).click();
  const form = app.getByRole("dialog", { name: "New filter" });
  await form.getByLabel("Filter name").fill("Hot");
  await expect(form.getByRole("button", { name: "Add filter" })).toBeDisabled();
  const condition = form.getByRole("group", { name: "Condition", exact: true });
  await condition.getByLabel("Key", { exact: true }).fill("heat");
  await choose(condition, app, /Comparison$/, "≥");
  await condition.getByLabel("Value", { exact: true }).fill("200");
  await condition.getByLabel("Value", { exact: true }).press("Tab");
  await condition.getByText("Can be changed on the toolbar").click();
  await condition.getByLabel("Label on the toolbar").fill("Hotter than");
  // A second key: a name that is one of two, in a group.
  await form.getByRole("button", { name: "Add a key" }).click();
  const second = form.getByRole("group", { name: "Condition 2" });
  await choose(second, app, /Kind of key$/, "Entity field");
  await second.getByLabel("Key", { exact: true }).fill("name");
  await choose(second, app, /Its values are$/, "Text");
  await second.getByRole("button", { name: "Add a group" }).click();
  const group = second.getByRole("group", { name: "Group", exact: true });
  await choose(group, app, /Comparison$/, "ends with");
  await group.getByLabel("Value", { exact: true }).fill("3");
  await expect(form.getByRole("status")).toContainText("heat ≥ 200, name is “” and ends with “3”");
  await choose(second, app, /Joined by$/, "One holds");
  await expect(form.getByRole("status")).toContainText("heat ≥ 200, name is “” or ends with “3”");
  await second.getByRole("button", { name: "Remove the key" }).click();
  await form.getByRole("button", { name: "Add filter" }).click();
  await expect(list.getByText("heat ≥ 200")).toBeVisible();
  await list.getByRole("button", { name: "Done" }).click();

  await app.getByRole("application", { name: /^Ovens/ }).focus();
  await app.keyboard.press("Enter");
  const edit = app.getByRole("dialog", { name: "Edit Ovens" });
  await choose(edit, app, /Only entities that meet$/, "Hot");
  await edit.getByRole("button", { name: "Apply" }).click();
  await expect(table.getByRole("row")).toHaveCount(3);
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();

  await app.getByRole("button", { name: "Filters", exact: true }).click();
  const values = app.getByRole("dialog", { name: "Filters" });
  await values.getByLabel("Hotter than").fill("300");
  await values.getByRole("button", { name: "Show" }).click();
  await expect(table.getByRole("row")).toHaveCount(2);
  await expect(table).toContainText("oven 3");
  await app.getByRole("button", { name: "Filters", exact: true }).click();
  await values.getByRole("button", { name: "As saved" }).click();
  await expect(table.getByRole("row")).toHaveCount(3);
  const stored = await rest.get<{ configuration: { filters: Record<string, object> } }>(
    `/api/dashboard/${id}`,
  );
  expect(Object.values(stored.configuration.filters)).toMatchObject([
    {
      filter: "Hot",
      editable: true,
      keyFilters: [
        {
          key: { type: "TIME_SERIES", key: "heat" },
          valueType: "NUMERIC",
          predicates: [
            {
              keyFilterPredicate: {
                type: "NUMERIC",
                operation: "GREATER_OR_EQUAL",
                value: { defaultValue: 200, dynamicValue: null },
              },
              userInfo: { editable: true, label: "Hotter than", autogeneratedLabel: false },
            },
          ],
        },
      ],
    },
  ]);
});

test("the alarms table obeys its filter, and a filter compares with an attribute of the tenant", async ({
  app,
  rest,
}) => {
  const ids = await ovens(rest, "kiln");
  const [first] = ids;
  if (!first) throw new Error("no device");
  for (const [index, one] of ids.entries()) await withAlarm(rest, one, `Kiln alarm ${index + 1}`, "MAJOR");
  const me = await rest.get<{ tenantId: { id: string } }>("/api/auth/user");
  await rest.post<unknown>(`/api/plugins/telemetry/TENANT/${me.tenantId.id}/attributes/SERVER_SCOPE`, {
    kilnLimit: 250,
  });
  const condition = (operation: string, value: object) => ({
    key: { type: "TIME_SERIES", key: "heat" },
    valueType: "NUMERIC",
    predicates: [{ keyFilterPredicate: { type: "NUMERIC", operation, value } }],
  });
  const id = await withDashboard(
    rest,
    "Kilns",
    first,
    [
      {
        fqn: "alarm_widgets.alarms_table",
        type: "alarm",
        title: "Kiln alarms",
        at: [0, 0, 24, 6],
        config: { alarmSource: { type: "entity", entityAliasId: "all", filterId: "low", dataKeys: [] } },
      },
      {
        ...TABLE,
        title: "Kilns",
        at: [0, 6, 12, 6],
        config: {
          datasources: [
            { type: "entity", entityAliasId: "all", filterId: "limit", dataKeys: [series("heat")] },
          ],
        },
      },
    ],
    {
      ...about("kiln"),
      filters: {
        low: { id: "low", filter: "Low", keyFilters: [condition("LESS", { defaultValue: 150 })] },
        limit: {
          id: "limit",
          filter: "Over the limit",
          keyFilters: [
            condition("GREATER", {
              defaultValue: 0,
              dynamicValue: { sourceType: "CURRENT_TENANT", sourceAttribute: "kilnLimit" },
            }),
          ],
        },
      },
    },
  );
  await app.goto(`/dashboards/${id}`);
  const alarms = app.getByRole("grid", { name: "Kiln alarms" });
  await expect(alarms).toContainText("Kiln alarm 1");
  await expect(alarms).not.toContainText("Kiln alarm 2");
  const kilns = app.getByRole("table", { name: "Kilns" });
  await expect(kilns.getByRole("row")).toHaveCount(2);
  await expect(kilns).toContainText("kiln 3");

  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await app.getByRole("button", { name: "Dashboard", exact: true }).click();
  await app.getByRole("menuitem", { name: "Filters" }).click();
  const list = app.getByRole("dialog", { name: "Filters", exact: true });
  await expect(list.getByText("Used by Kiln alarms")).toBeVisible();
  await expect(list.getByRole("button", { name: "Delete filter Low: widgets use it" })).toBeDisabled();
  await list.getByRole("button", { name: "Edit filter Over the limit" }).click();
  const form = app.getByRole("dialog", { name: "Edit filter Over the limit" });
  await expect(form.getByRole("textbox", { name: "Server attribute" })).toHaveValue("kilnLimit");
  await choose(form, app, /Compared with$/, "The value here");
  await form.getByRole("button", { name: "Apply" }).click();
  await list.getByRole("button", { name: "Done" }).click();
  await expect(kilns.getByRole("row")).toHaveCount(4);
});

test("times and switches are compared too", async ({ app, rest }) => {
  const ids = await ovens(rest, "timer");
  const [first] = ids;
  if (!first) throw new Error("no device");
  for (const [index, one] of ids.entries())
    await rest.post<unknown>(`/api/plugins/telemetry/DEVICE/${one.id}/attributes/SERVER_SCOPE`, {
      on: index > 0,
    });
  const source = (filterId: string) => ({
    datasources: [{ type: "entity", entityAliasId: "all", filterId, dataKeys: [series("heat")] }],
  });
  const id = await withDashboard(
    rest,
    "Timers",
    first,
    [
      { ...TABLE, title: "Old ones", config: source("old") },
      { ...TABLE, title: "Running", at: [12, 0, 12, 6], config: source("on") },
    ],
    { ...about("timer"), filters: { old: { filter: "Old" }, on: { filter: "On" } } },
  );
  await app.goto(`/dashboards/${id}`);
  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await app.getByRole("button", { name: "Dashboard", exact: true }).click();
  await app.getByRole("menuitem", { name: "Filters" }).click();
  const list = app.getByRole("dialog", { name: "Filters", exact: true });
  const edit = async (name: string, kind: string, key: string, type: string): Promise<Locator> => {
    await list.getByRole("button", { name: `Edit filter ${name}` }).click();
    const form = app.getByRole("dialog", { name: `Edit filter ${name}` });
    await form.getByRole("button", { name: "Add a key" }).click();
    await choose(form, app, /Kind of key$/, kind);
    await form.getByLabel("Key", { exact: true }).fill(key);
    await choose(form, app, /Its values are$/, type);
    return form;
  };
  const old = await edit("Old", "Entity field", "createdTime", "Time");
  await choose(old, app, /Comparison$/, "<");
  await old.getByLabel("Value", { exact: true }).fill("2001-02-03T04:05:06");
  await old.getByRole("button", { name: "Apply" }).click();
  const on = await edit("On", "Server attribute", "on", "True or false");
  await expect(on.getByRole("status")).toContainText("on is true");
  await on.getByRole("button", { name: "Apply" }).click();
  await list.getByRole("button", { name: "Done" }).click();
  await expect(app.getByRole("region", { name: "Old ones" })).toContainText("No entity fits");
  await expect(app.getByRole("table", { name: "Running" }).getByRole("row")).toHaveCount(3);
  await app.getByRole("button", { name: "Save" }).click();
  await expect(app.getByText("Dashboard saved")).toBeVisible();
  const stored = await rest.get<{ configuration: { filters: { old: object } } }>(`/api/dashboard/${id}`);
  expect(stored.configuration.filters.old).toMatchObject({
    keyFilters: [
      {
        key: { type: "ENTITY_FIELD", key: "createdTime" },
        valueType: "DATE_TIME",
        predicates: [
          {
            keyFilterPredicate: {
              type: "NUMERIC",
              operation: "LESS",
              value: { defaultValue: new Date("2001-02-03T04:05:06").getTime() },
            },
          },
        ],
      },
    ],
  });
});
