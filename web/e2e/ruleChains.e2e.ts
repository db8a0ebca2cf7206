import { expect, test } from "./scene";

test("a node is added, linked without a mouse, saved and there after a reload", async ({ app }) => {
  await app.goto("/rule-chains");
  await app.getByRole("row", { name: /Root Rule Chain/ }).click();
  await expect(app.getByRole("heading", { name: "Root Rule Chain" })).toBeVisible();
  await app.getByRole("button", { name: "Add node" }).click();
  await app.getByRole("searchbox", { name: "Search nodes" }).fill("save time");
  await app
    .getByRole("complementary", { name: "Nodes to add" })
    .getByRole("button", { name: "save time series" })
    .click();

  const panel = app.getByRole("region", { name: "Node save time series" });
  await panel.getByLabel("Name", { exact: true }).fill("Second store");
  const renamed = app.getByRole("region", { name: "Node Second store" });
  await expect(renamed).toBeVisible();
  await app.getByRole("button", { name: "Add node" }).click();

  await app.getByRole("group", { name: /^save time series: Save Timeseries/ }).focus();
  await app.keyboard.press("Enter");
  const first = app.getByRole("region", { name: "Node Save Timeseries" });
  await first.getByRole("tab", { name: "Links" }).click();
  await first.getByRole("button", { name: /Add a link to/ }).click();
  await app.getByRole("option", { name: "Second store" }).click();
  const link = app.getByRole("region", { name: "Link from Save Timeseries to Second store" });
  await expect(link.getByRole("checkbox", { name: "Success" })).toBeChecked();

  await app.getByRole("button", { name: "Undo" }).click();
  await expect(link).toBeHidden();
  await app.getByRole("button", { name: "Redo" }).click();
  await app.getByRole("button", { name: "Apply changes" }).click();
  await expect(app.getByText("Rule chain saved")).toBeVisible();
  await app.reload();
  await expect(app.getByText("Second store")).toBeVisible();
  await expect(app.getByRole("button", { name: "Apply changes" })).toBeDisabled();
});
