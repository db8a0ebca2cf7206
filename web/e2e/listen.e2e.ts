/** The wizard listens to a broker before anybody has written a topic filter. */
import { accessible, expect, test } from "./scene";

test("a topic that is heard becomes the filter of a new integration", async ({ app, broker }) => {
  await app.goto("/integrations/new");
  await app.getByLabel("Name", { exact: true }).fill("Heard first");
  await app.getByRole("button", { name: "Next" }).click();
  await app.getByRole("button", { name: "Next" }).click();
  await app.getByRole("button", { name: "Skip" }).click();
  await app.getByLabel("Host").fill("127.0.0.1");
  await app.getByLabel("Port").fill(String(broker.port));
  await app.getByRole("button", { name: "Check connection" }).click();
  await expect(app.getByText("Connected.")).toBeVisible();
  await app.getByRole("button", { name: "Listen" }).click();
  const topics = app.getByRole("region", { name: "Topics of the broker" });
  await expect(topics).toContainText("Listening");
  await broker.publish("plant/hall-1/temperature", '{"t":21.5}');
  await broker.publish("plant/hall-2/temperature", '{"t":19}');
  await expect(topics).toContainText("hall-2");
  await expect(topics).toContainText('"t": 21.5');
  await accessible(app, "listening in the wizard");
  await topics.getByRole("button", { name: "Use plant/# as a topic filter" }).click();
  await expect(app.getByLabel("Topic filter 1", { exact: true })).toHaveValue("plant/#");
  await topics.getByRole("button", { name: "Use plant/hall-1/temperature as a topic filter" }).click();
  await expect(app.getByLabel("Topic filter 2", { exact: true })).toHaveValue("plant/hall-1/temperature");
  await app.getByRole("button", { name: "Remove topic filter 2" }).click();
  await topics.getByRole("button", { name: "Stop" }).click();
  await expect(topics).toHaveCount(0);
  await app.getByRole("button", { name: "Add", exact: true }).click();
  await expect(app.getByRole("table", { name: "Topic filters" })).toContainText("plant/#");
});
