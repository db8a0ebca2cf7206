import { EMAIL, PASSWORD } from "./processes";
import { expect, test } from "./scene";

test.use({ installation: "settings" });

test("an API key is made, opens the API, and opens it no more when it is turned off", async ({
  app,
  server,
}) => {
  await app.goto("/settings");
  await app.getByRole("button", { name: "Add API key" }).click();
  const dialog = app.getByRole("dialog", { name: "Add API key" });
  await dialog.getByLabel("What it is for").fill("nightly export");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  const key = await dialog.getByLabel("API key").inputValue();
  await dialog.getByRole("button", { name: "Done" }).click();
  const ask = async () =>
    (await fetch(`${server.url}/api/auth/user`, { headers: { "X-Authorization": `ApiKey ${key}` } })).status;
  expect(await ask()).toBe(200);
  await app.getByRole("switch", { name: "Enable nightly export" }).press("Space");
  await expect.poll(ask).toBe(401);
  await app.getByRole("button", { name: "Delete nightly export" }).click();
  await app.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(app.getByText("No API key yet")).toBeVisible();
});

test("the password is changed, and the old one opens nothing any more", async ({ app }) => {
  await app.goto("/settings");
  await app.getByLabel("Current password").fill("wrong");
  await app.getByLabel("New password", { exact: true }).fill("another-password");
  await app.getByLabel("New password again").fill("another-password");
  await app.getByRole("button", { name: "Change password" }).click();
  await expect(app.getByRole("region", { name: "Password" }).getByRole("alert")).toBeVisible();
  await app.getByLabel("Current password").fill(PASSWORD);
  await app.getByRole("button", { name: "Change password" }).click();
  await expect(app.getByText(/^Password changed/)).toBeVisible();
  await app.getByRole("button", { name: "You and this browser" }).click();
  await app.getByRole("menuitem", { name: "Sign out" }).click();
  await app.getByLabel("E-mail").fill(EMAIL);
  await app.getByLabel("Password").fill(PASSWORD);
  await app.getByRole("button", { name: "Sign in" }).click();
  await expect(app.getByRole("alert")).toContainText("Invalid username or password");
  await app.getByLabel("Password").fill("another-password");
  await app.getByRole("button", { name: "Sign in" }).click();
  await expect(app.getByRole("button", { name: /^Notifications/ })).toBeVisible();
});
