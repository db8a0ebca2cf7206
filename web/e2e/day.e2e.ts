/** A page that stays open: what a day brings, in minutes. */
import type { Page } from "@playwright/test";
import { Machine, deviceOf, ofMachine, series, withDashboard, withWayDown } from "./dashboardsScene";
import { Server } from "./processes";
import { Rest } from "./rest";
import { expect, signIn, test as base } from "./scene";

/** One value a second. */
const DAY = 86_400;
const HOUR_MS = 3_600_000;

const test = base.extend<object, object>({
  // Tokens of 40 s are renewed every 10 s: the work of a day of them is done in this test.
  server: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const server = await Server.start(["serve"], { MILLRACE_AUTH_ACCESS_TOKEN: "40s" });
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
});

test.use({ installation: "a day" });

async function kept(page: Page): Promise<{ nodes: number; listeners: number; heap: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return { nodes, listeners: jsEventListeners, heap: usedSize };
}

test("a day of values, one each second, leaves nothing behind in a page that shows them", async ({
  app,
  server,
  broker,
}) => {
  test.setTimeout(240_000);
  const rest = await Rest.signIn(server.url);
  await withWayDown(rest, broker.port);
  const machine = await Machine.start(broker, "Daily");
  await machine.tell({ temperature: 20 });
  const device = await deviceOf(rest, "Daily");
  const id = await withDashboard(
    rest,
    "A day",
    device,
    [
      {
        fqn: "time_series_chart",
        type: "timeseries",
        title: "Lines",
        at: [0, 0, 12, 6],
        config: ofMachine(series("temperature", { label: "Temperature" })),
      },
      {
        fqn: "cards.value_card",
        type: "latest",
        title: "Now",
        at: [12, 0, 5, 4],
        config: ofMachine(series("temperature", { label: "Temperature" })),
      },
      {
        fqn: "cards.timeseries_table",
        type: "timeseries",
        title: "Rows",
        at: [12, 4, 12, 6],
        config: ofMachine(series("temperature", { label: "Temperature" })),
      },
    ],
    { timewindow: { realtime: { timewindowMs: 5_000 }, aggregation: { type: "NONE" } } },
  );
  let renewed = 0;
  app.on("response", (response) => {
    if (response.url().endsWith("/api/auth/token")) renewed += 1;
  });
  await app.goto(`/dashboards/${id}`);
  const card = app.getByRole("region", { name: "Now" });
  await expect(card).toContainText("20");

  const send = async (count: number, last: number) => {
    const values = Array.from({ length: count }, (_, n) => 20 + Math.round(Math.sin(n / 50) * 100) / 10);
    const payloads = [...values, last].map((temperature) => JSON.stringify({ temperature }));
    await broker.publishAll("plant/Daily/values", payloads);
    await expect(card).toContainText(String(last), { timeout: 60_000 });
  };
  await send(DAY / 10, 77.25);
  const before = await kept(app);
  await send((DAY / 10) * 9, 78.75);
  // The window of five seconds passes over the end of the flood, although nothing newer comes.
  await expect(app.getByRole("img", { name: "Lines: no values in this span" })).toBeVisible({
    timeout: 20_000,
  });
  const after = await kept(app);
  expect(after.nodes).toBeLessThan(before.nodes * 1.5);
  expect(after.listeners).toBeLessThan(before.listeners * 1.5);
  expect(after.heap).toBeLessThan(before.heap * 1.25);

  await expect.poll(() => renewed, { timeout: 60_000 }).toBeGreaterThan(1);
  await machine.tell({ temperature: 12.5 });
  await expect(card).toContainText("12.5");
  machine.stop();
});

test("a computer that slept for a day shows what is true when it wakes", async ({
  app,
  context,
  server,
  broker,
}) => {
  const rest = await Rest.signIn(server.url);
  await withWayDown(rest, broker.port);
  const machine = await Machine.start(broker, "Sleeper");
  await machine.tell({ temperature: 20 });
  const device = await deviceOf(rest, "Sleeper");
  await app.close();
  const page = await context.newPage();
  await page.clock.install();
  await page.goto("/");
  await signIn(page);
  await page.goto(`/devices/${device.id}`);
  const row = page.getByRole("table", { name: "Latest telemetry" }).getByRole("row", { name: /temperature/ });
  await expect(row).toContainText("20");

  // The connection is there for both ends, but nothing comes over it: what a sleeping computer wakes to.
  server.pause();
  await machine.tell({ temperature: 31.5 });
  await page.clock.fastForward(24 * HOUR_MS);
  await page.clock.runFor(15_000);
  await expect(page.getByRole("status").getByText(/^(Connecting|Reconnecting)$/)).toBeVisible();
  server.resume();
  await page.clock.fastForward(60_000);
  await expect(row).toContainText("31.5");
  await expect(page.getByRole("status").getByText("Live", { exact: true })).toBeVisible();
  await machine.tell({ temperature: 32.5 });
  await expect(row).toContainText("32.5");
  machine.stop();
});
