/** A dashboard of every core widget: what it looks like, and that everybody can use it. */
import {
  ALL_WIDGETS,
  Machine,
  deviceOf,
  picture,
  withAlarm,
  withDashboard,
  withHistory,
  withWayDown,
} from "./dashboardsScene";
import { accessible, expect, test } from "./scene";

test.describe.configure({ timeout: 240_000 });

test("a dashboard of all core widgets passes the automatic checks, light, dark and narrow", async ({
  app,
  rest,
  broker,
}) => {
  await withWayDown(rest, broker.port);
  const machine = await Machine.start(broker, "Mixer");
  await machine.tell({ temperature: 22.4, humidity: 47.2, speed: 64, level: 12, pump: true, heater: 1 });
  const device = await deviceOf(rest, "Mixer");
  await withHistory(rest, device, 250, 1_000);
  await withAlarm(rest, device, "High temperature", "CRITICAL");
  await withAlarm(rest, device, "Filter", "WARNING");
  const id = await withDashboard(rest, "Everything", device, ALL_WIDGETS);

  for (const [look, scheme] of [
    ["light", "light"],
    ["dark", "dark"],
  ] as const) {
    await app.emulateMedia({ colorScheme: scheme });
    await app.setViewportSize({ width: 1440, height: 900 });
    await app.goto(`/dashboards/${id}`);
    await expect(app.getByRole("slider", { name: "Setpoint" })).toHaveAttribute("aria-valuetext", "22 °C");
    await expect(app.getByRole("switch", { name: "Pump" })).toBeChecked();
    await expect(app.getByRole("meter", { name: "Temperature" })).toHaveAttribute(
      "aria-valuetext",
      "22.4 °C",
    );
    await expect(app.getByRole("img", { name: /^Temperature and humidity: \d+ values/ })).toBeVisible();
    await expect(app.getByRole("region", { name: "Map" })).toContainText("system.maps.openstreetmap");
    await expect(app.getByText(/^Loading /)).toHaveCount(0);
    await app.waitForTimeout(600);
    await picture(app, `dashboard-${look}`);
    await accessible(app, `the dashboard, ${look}`);
    await app.getByRole("button", { name: "Edit", exact: true }).click();
    await expect(app.getByRole("button", { name: "Add widget" })).toBeVisible();
    await picture(app, `dashboard-${look}-edit`);
    await accessible(app, `the dashboard in edit mode, ${look}`);
    await app.getByRole("button", { name: "Edit Setpoint" }).click();
    await expect(app.getByRole("dialog", { name: "Edit Setpoint" })).toContainText("1 entity");
    await picture(app, `dashboard-${look}-form`);
    await accessible(app, `the form of a widget, ${look}`);
    await app.getByRole("button", { name: "Cancel" }).last().click();
    await app.getByRole("button", { name: "Edit Temperature", exact: true }).click();
    await expect(app.getByRole("dialog", { name: "Edit Temperature" })).toContainText("1 entity");
    await picture(app, `dashboard-${look}-keys`);
    await app.getByRole("button", { name: "Cancel" }).last().click();
    await app.getByRole("button", { name: "Add widget" }).click();
    await expect(app.getByRole("dialog", { name: "Add widget" })).toBeVisible();
    await picture(app, `dashboard-${look}-add`);
    await accessible(app, `the choice of a widget, ${look}`);
    await app.getByRole("button", { name: "Cancel" }).last().click();
    await app.getByRole("button", { name: "Dashboard", exact: true }).click();
    await app.getByRole("menuitem", { name: "Entity aliases" }).click();
    await expect(app.getByRole("dialog", { name: "Entity aliases" })).toContainText("1 entity");
    await picture(app, `dashboard-${look}-aliases`);
    await accessible(app, `the aliases, ${look}`);
    await app.getByRole("button", { name: "Done" }).click();
    await app.getByRole("button", { name: "Dashboard", exact: true }).click();
    await app.getByRole("menuitem", { name: "Settings" }).click();
    const settings = app.getByRole("dialog", { name: "Settings of the dashboard" });
    for (const tab of ["Title", "Toolbar", "Layout", "Style sheet"]) {
      await settings.getByRole("tab", { name: tab }).click();
      await accessible(app, `the settings, ${tab}, ${look}`);
    }
    await settings.getByRole("button", { name: "Cancel" }).click();
    await app.getByRole("button", { name: "Dashboard", exact: true }).click();
    await app.getByRole("menuitem", { name: "Filters" }).click();
    await app.getByRole("button", { name: "Add filter" }).click();
    const filter = app.getByRole("dialog", { name: "New filter" });
    await filter.getByRole("button", { name: "Add a group" }).click();
    await picture(app, `dashboard-${look}-filter`);
    await accessible(app, `the form of a filter, ${look}`);
    await filter.getByRole("button", { name: "Cancel" }).click();
    await app.getByRole("button", { name: "Done" }).click();
    await app.getByRole("button", { name: "Cancel" }).click();
  }

  await app.emulateMedia({ colorScheme: "light" });
  await app.setViewportSize({ width: 390, height: 844 });
  await app.reload();
  await expect(app.getByRole("slider", { name: "Setpoint" })).toBeVisible();
  await expect(app.getByText(/^Loading /)).toHaveCount(0);
  await app.waitForTimeout(600);
  await picture(app, "dashboard-narrow");
  await accessible(app, "the dashboard, narrow");
  expect(await app.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await app.getByRole("button", { name: "Edit", exact: true }).click();
  await picture(app, "dashboard-narrow-edit");
  machine.stop();
});
