import { EMAIL } from "./processes";
import { expect, signIn, test } from "./scene";

test("a wrong password is told; the right one leads to the page that was asked for", async ({ page }) => {
  await page.goto("/converters");
  await page.getByLabel("E-mail").fill(EMAIL);
  await page.getByLabel("Password").fill("not it");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("Invalid username or password");
  await signIn(page);
  await expect(page.getByRole("heading", { name: "Data converters" })).toBeVisible();
});

test("a session outlives a reload of the page and ends with signing out", async ({ app }) => {
  await app.reload();
  await expect(
    app.getByRole("heading", { name: "Welcome to Millrace" }).or(app.getByRole("heading", { name: "Home" })),
  ).toBeVisible();
  expect(await app.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain("eyJ");
  await app.getByRole("button", { name: "You and this browser" }).click();
  await app.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(app.getByRole("button", { name: "Sign in" })).toBeVisible();
  await app.reload();
  await expect(app.getByRole("button", { name: "Sign in" })).toBeVisible();
});

test("deep links show their page, unknown ones say so, and the API is never a page", async ({
  app,
  request,
}) => {
  await app.goto("/rule-chains");
  await expect(app.getByRole("heading", { name: "Rule chains" })).toBeVisible();
  await app.goto("/no/such/page");
  await expect(app.getByText("There is no such page")).toBeVisible();
  const unknown = await request.get("/api/no/such/path");
  expect(unknown.status()).toBe(404);
  expect(unknown.headers()["content-type"]).toContain("application/json");
});

test("files with a hash are kept for ever, the index is asked for again, nothing unsafe is allowed", async ({
  request,
}) => {
  const index = await request.get("/");
  expect(index.headers()["cache-control"]).toBe("no-cache");
  const policy = index.headers()["content-security-policy"] ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe");
  const script = /src="(\/files\/[^"]+\.js)"/.exec(await index.text())?.[1] ?? "";
  const asset = await request.get(script, { headers: { "Accept-Encoding": "br" } });
  expect(asset.headers()["cache-control"]).toContain("immutable");
  expect(asset.headers()["content-encoding"]).toBe("br");
  expect((await request.get("/files/of-another-version.js")).status()).toBe(404);
});

test("the command palette goes anywhere by keyboard", async ({ app, rest }) => {
  await rest.post("/api/dashboard", { title: "Water works", configuration: {} });
  await app.keyboard.press("Control+k");
  await app.getByRole("searchbox", { name: "Search and go to" }).fill("data conv");
  await expect(app.getByRole("menuitem", { name: "Data converters" })).toBeVisible();
  await app.keyboard.press("ArrowDown");
  await app.keyboard.press("Enter");
  await expect(app.getByRole("heading", { name: "Data converters" })).toBeVisible();
  await app.keyboard.press("Control+k");
  await app.getByRole("searchbox", { name: "Search and go to" }).fill("water w");
  await expect(app.getByRole("menuitem", { name: "Water works" })).toBeVisible();
  await app.keyboard.press("ArrowDown");
  await app.keyboard.press("Enter");
  await expect(app.getByRole("heading", { name: "Water works" })).toBeVisible();
});

test("every place of the navigation exists, and all of them share one WebSocket", async ({ app }) => {
  const sockets: string[] = [];
  app.on("websocket", (socket) => sockets.push(socket.url()));
  await app.reload();
  await expect(app.getByRole("status").getByText("Live", { exact: true })).toBeVisible();
  const links = app.getByRole("navigation", { name: "Main" }).getByRole("link");
  for (const link of await links.all()) {
    await link.click();
    await expect(app.getByRole("heading", { level: 1 })).toBeVisible();
  }
  expect(sockets).toHaveLength(1);
});

test("a page that is opened and left again and again keeps nothing of it", async ({ app, rest }) => {
  for (let n = 0; n < 5; n += 1) await rest.post("/api/device", { name: `Left ${n}`, type: "default" });
  const session = await app.context().newCDPSession(app);
  const round = async () => {
    for (const name of ["Devices", "Rule chains", "Integrations", "Alarms"]) {
      await app.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true }).click();
      await expect(app.getByRole("heading", { name, level: 1 })).toBeVisible();
    }
  };
  const kept = async () => {
    await session.send("HeapProfiler.collectGarbage");
    const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
    return { nodes, jsEventListeners };
  };
  for (let n = 0; n < 3; n += 1) await round();
  const before = await kept();
  for (let n = 0; n < 10; n += 1) await round();
  const after = await kept();
  expect(after.nodes).toBeLessThan(before.nodes * 1.5);
  expect(after.jsEventListeners).toBeLessThan(before.jsEventListeners * 1.5);
});
