/** A script is edited and runs over the messages that really came, before it is saved. */
import { DECODER, connected } from "./rest";
import { type Page, accessible, expect, test, write } from "./scene";

test.describe.configure({ mode: "serial" });

const EDITED = `var text = decodeToString(payload);
var body = text == "open" ? { text: text } : decodeToJson(payload);
if (body.t != null && body.t > 10) { body.high = true; }
return { deviceName: metadata.topic.split("/")[1], deviceType: "sensor",
    attributes: { integrationName: metadata.integrationName }, telemetry: body };`;

interface WithConverter {
  defaultConverterId: { id: string };
}

const panel = (app: Page) => app.getByRole("region", { name: "Replay" });
const editor = (app: Page) => app.getByRole("textbox", { name: "Script", exact: true });

test("an edited script is compared with the deployed one on captured messages, and saved", async ({
  app,
  rest,
  broker,
}) => {
  const integration = await connected(rest, broker.port, "Replayed");
  const id = integration.id.id;
  const state = () => rest.get<{ state: string }>(`/api/millrace/integration/${id}/status`);
  await expect.poll(async () => (await state()).state).toBe("ACTIVE");
  const { defaultConverterId } = await rest.get<WithConverter>(`/api/integration/${id}`);
  await app.goto(`/converters/${defaultConverterId.id}`);
  const replay = panel(app);
  // Nothing has come yet; what comes then appears by itself.
  await expect(replay).toContainText("No message has arrived yet");
  await broker.publish("site/r1/values", '{"t":1}');
  await broker.publish("site/r2/values", '{"t":20}');
  await broker.publish("site/r3/values", "open");
  const list = replay.getByRole("listbox", { name: "Captured messages" });
  await expect(list.getByRole("option").first()).toBeVisible();
  await replay.getByRole("button", { name: "Run with the newest messages" }).click();
  await expect(replay.getByRole("status")).toHaveText("1 still fails, 2 same");

  await write(editor(app), EDITED);
  await expect(replay.getByRole("status")).toHaveText("1 works now, 1 changed, 1 same");
  await list.getByRole("option", { name: "site/r2/values" }).click();
  const differences = replay.getByRole("table", { name: "Differences" });
  const row = differences.getByRole("row", { name: /telemetry\.high/ });
  await expect(row).toContainText("Added");
  await expect(row.getByText("+")).toBeVisible();
  await replay.getByRole("radio", { name: "Now working 1" }).click();
  await expect(list.getByRole("option")).toHaveCount(1);
  await expect(replay.getByRole("region", { name: "Deployed result" }).getByRole("alert")).toBeVisible();
  await expect(replay.getByRole("region", { name: "Edited result" })).toContainText('"text": "open"');
  await accessible(app, "the replay of a converter");

  await app.getByRole("button", { name: "Apply changes" }).click();
  await expect(app.getByText("the next message uses this script")).toBeVisible();
  await expect(replay.getByRole("status")).toHaveText("3 same");
  await broker.publish("site/r3/values", "open");
  await app.goto("/devices?q=r3");
  await app.getByRole("row", { name: /r3/ }).click();
  await expect(app.getByRole("table", { name: "Latest telemetry" })).toContainText("open");
});

test("a script that fails on messages which work now is saved only after a question", async ({
  app,
  rest,
}) => {
  const page = await rest.get<{ data: { id: { id: string } }[] }>(
    "/api/converters?pageSize=10&page=0&textSearch=Replayed",
  );
  await app.goto(`/converters/${page.data[0]?.id.id}`);
  const replay = panel(app);
  await expect(replay.getByRole("status")).toHaveText("4 same");
  await write(editor(app), DECODER.replace("telemetry: body", "telemetry: (body.t > 10 ? 5 : body)"));
  // `open` is no JSON for this one, and a bare number is no telemetry.
  await expect(replay.getByRole("status")).toHaveText("3 fail now, 1 same");
  await app.keyboard.press("F8");
  const detail = replay.getByRole("region", { name: "Captured message" });
  const seen = new Set<string>();
  for (let n = 0; n < 3; n += 1) {
    await expect(detail).toContainText("Fails now");
    seen.add((await detail.textContent()) ?? "");
    await app.keyboard.press("F8");
  }
  expect(seen.size).toBe(3);

  await app.getByRole("button", { name: "Apply changes" }).click();
  const question = app.getByRole("alertdialog");
  await expect(question).toContainText("3 messages that work now would fail");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(app.getByText("Not saved yet")).toBeVisible();
  await app.getByRole("button", { name: "Apply changes" }).click();
  await question.getByRole("button", { name: "Save anyway" }).click();
  await expect(app.getByText("the next message uses this script")).toBeVisible();

  await replay.getByRole("radio", { name: /Failed 3/ }).click();
  await replay.getByRole("option", { name: "site/r2/values" }).click();
  await replay.getByRole("button", { name: "Open in the test" }).click();
  const dialog = app.getByRole("dialog", { name: "Test the decoder" });
  await expect(dialog.getByRole("textbox", { name: "Payload" })).toContainText('"t": 20');
  await dialog.getByRole("button", { name: "Test", exact: true }).click();
  await expect(dialog.getByRole("status", { name: "Output" })).toContainText("telemetry must be an object");
});
