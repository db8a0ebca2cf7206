/** The canvas of a rule chain: drawing, what went through, tests on messages, findings. */
import { connected } from "./rest";
import { type Page, expect, test, write } from "./scene";

async function newChain(app: Page, name: string): Promise<void> {
  await app.goto("/rule-chains");
  await app.getByRole("button", { name: "Add rule chain" }).first().click();
  await app.getByLabel("Name", { exact: true }).fill(name);
  await app.getByRole("dialog").getByRole("button", { name: "Add" }).click();
  await expect(app.getByRole("heading", { name })).toBeVisible();
  await expect(nodes(app).first()).toBeVisible();
}

const palette = (app: Page) => app.getByRole("complementary", { name: "Nodes to add" });
const nodes = (app: Page) => app.getByRole("group", { name: /^[a-z].*: / });

test("a node is dragged from the palette onto a link and takes the messages of both ends", async ({
  app,
}) => {
  await newChain(app, "Dragged");
  const before = await nodes(app).count();
  await app.getByRole("button", { name: "Add node" }).click();
  await palette(app).getByRole("searchbox").fill("script tr");
  const link = app
    .getByRole("group", { name: /^Link: Post telemetry/ })
    .locator(".react-flow__edge-interaction");
  const item = palette(app).getByRole("button", { name: "script transformation" });
  // The middle of a curve is on it; the middle of its box need not be.
  const middle = await link.evaluate((path: SVGPathElement) => {
    const at = path.getPointAtLength(path.getTotalLength() / 2);
    const screen = at.matrixTransform(path.getScreenCTM() ?? new DOMMatrix());
    return { x: screen.x, y: screen.y };
  });
  const from = await item.boundingBox();
  await app.mouse.move((from?.x ?? 0) + 20, (from?.y ?? 0) + 10);
  await app.mouse.down();
  await app.mouse.move(middle.x - 5, middle.y - 5, { steps: 4 });
  await app.mouse.move(middle.x, middle.y);
  await app.mouse.up();
  await expect(nodes(app)).toHaveCount(before + 1);
  await app.getByRole("tab", { name: "Links" }).click();
  await expect(app.getByText("→ Save Timeseries")).toBeVisible();
  await app.getByRole("button", { name: "Apply changes" }).click();
  await expect(app.getByText("Rule chain saved")).toBeVisible();
});

test("nodes are copied, pasted, duplicated, arranged and taken back by keyboard", async ({ app }) => {
  await newChain(app, "Copied");
  const before = await nodes(app).count();
  await app.getByRole("group", { name: /^save time series: / }).click();
  await app.keyboard.press("Control+c");
  await app.keyboard.press("Control+v");
  await expect(nodes(app)).toHaveCount(before + 1);
  await expect(app.getByRole("region", { name: "Node Save Timeseries 2" })).toBeVisible();
  await app.keyboard.press("Control+d");
  await expect(nodes(app)).toHaveCount(before + 2);
  await app.keyboard.press("Control+a");
  await expect(app.getByText(`${before + 2} nodes`)).toBeVisible();
  await app.keyboard.press("Control+z");
  await app.keyboard.press("Control+z");
  await expect(nodes(app)).toHaveCount(before);
  await app.getByRole("button", { name: "Arrange the nodes" }).click();
  await app.keyboard.press("Control+s");
  await expect(app.getByText("Rule chain saved")).toBeVisible();
  // What is not applied is not lost by leaving.
  await app.getByRole("group", { name: /^save time series: / }).click();
  await app.keyboard.press("Delete");
  await expect(nodes(app)).toHaveCount(before - 1);
  await app.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Devices" }).click();
  await app.getByRole("alertdialog").getByRole("button", { name: "Stay here" }).click();
  await expect(app.getByRole("alertdialog")).toBeHidden();
  await app.keyboard.press("Control+z");
  await expect(nodes(app)).toHaveCount(before);
});

test("a node records messages, counts them, and its script is tested on one of them", async ({
  app,
  rest,
  broker,
}) => {
  await newChain(app, "Watched");
  const chain = app.url().split("/").at(-1) ?? "";
  await app.getByRole("group", { name: /^Link: Post telemetry/ }).focus();
  await app.keyboard.press("Enter");
  await app.getByRole("button", { name: "Add node" }).click();
  await palette(app).getByRole("searchbox").fill("script");
  await palette(app).getByRole("button", { name: "script transformation" }).click();
  const panel = app.getByRole("region", { name: "Node script transformation" });
  await panel.getByLabel("Name", { exact: true }).fill("Warmer");
  await write(
    app.getByRole("textbox", { name: /script/i }),
    "msg.value = msg.value + 1;\nreturn {msg: msg};",
  );
  await app.getByRole("button", { name: "Apply changes" }).click();
  await expect(app.getByText("Rule chain saved")).toBeVisible();

  const record = app.getByRole("button", { name: "Record all messages of Warmer" });
  await record.click();
  await expect(record).toHaveAttribute("aria-pressed", "true");
  await expect(record).toHaveText(/^1[45]:\d\d$/);

  await rest.post("/api/deviceProfile", {
    name: "sensor",
    type: "DEFAULT",
    transportType: "DEFAULT",
    defaultRuleChainId: { entityType: "RULE_CHAIN", id: chain },
    profileData: { configuration: { type: "DEFAULT" }, transportConfiguration: { type: "DEFAULT" } },
  });
  const integration = await connected(rest, broker.port, "Watching");
  const state = () => rest.get<{ state: string }>(`/api/millrace/integration/${integration.id.id}/status`);
  await expect.poll(async () => (await state()).state).toBe("ACTIVE");
  await broker.publish("site/oven/values", '{"value":41}');

  const node = app.getByRole("group", { name: "script transformation: Warmer" });
  await expect(node).toContainText("1 in, 1 out, 0 failed");
  await expect(app.getByRole("group", { name: "Link: Post telemetry · 1" })).toBeVisible();
  await app.getByRole("tab", { name: "Events" }).click();
  const messages = app.getByRole("list", { name: "Messages at the node" });
  await messages.getByRole("button", { name: /OUT.*Success/ }).click();
  await expect(messages.getByLabel("Message", { exact: true })).toContainText('"value": 42');
  await expect(messages.getByLabel("Metadata", { exact: true })).toContainText('"deviceName": "oven"');
  await messages.getByRole("button", { name: /IN/ }).click();
  await messages.getByRole("button", { name: "Test the script on this message" }).click();
  const dialog = app.getByRole("dialog", { name: "Test the script of Warmer" });
  await expect(dialog.getByRole("textbox", { name: "Message", exact: true })).toContainText('"value": 41');
  await dialog.getByRole("button", { name: "Test", exact: true }).click();
  await expect(dialog.getByRole("status", { name: "Output" })).toContainText('"value": 42');
  await write(dialog.getByRole("textbox", { name: "Script under test" }), "return {msg: nothing(msg)};");
  await dialog.getByRole("button", { name: "Test", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("nothing");
  await dialog.getByRole("button", { name: "Close" }).last().click();

  await record.click();
  await expect(record).toHaveAttribute("aria-pressed", "false");
});

test("an import asks for the integration that is missing, and what is doubtful is marked", async ({
  app,
  rest,
  broker,
}) => {
  await connected(rest, broker.port, "Bound").catch(() => undefined);
  const file = {
    ruleChain: { name: "Commands", type: "CORE", root: false },
    metadata: {
      firstNodeIndex: 0,
      nodes: [
        {
          type: "org.thingsboard.rule.engine.metadata.TbGetAttributesNode",
          name: "Fetch",
          configuration: { serverAttributeNames: ["place"] },
          additionalInfo: { layoutX: 240, layoutY: 100 },
        },
        {
          type: "org.thingsboard.rule.engine.transform.TbTransformMsgNode",
          name: "Use",
          configuration: { jsScript: "msg.place = metadata.cs_place;\nreturn {msg: msg};" },
          additionalInfo: { layoutX: 540, layoutY: 100 },
        },
        {
          type: "org.thingsboard.rule.engine.integration.TbIntegrationDownlinkNode",
          name: "Down",
          configuration: { integrationId: "6b0ee410-f941-11e8-8ea7-c74c82c31b2e" },
          additionalInfo: { layoutX: 840, layoutY: 100 },
        },
      ],
      connections: [
        { fromIndex: 0, toIndex: 1, type: "Success" },
        { fromIndex: 1, toIndex: 2, type: "Success" },
      ],
      ruleChainConnections: null,
    },
  };
  await app.goto("/rule-chains");
  const chooser = app.waitForEvent("filechooser");
  await app.getByRole("button", { name: "Import" }).click();
  await (
    await chooser
  ).setFiles({
    name: "commands.json",
    mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify(file)),
  });
  const dialog = app.getByRole("dialog", { name: "Import rule chains" });
  await expect(dialog).toContainText("The file names an entity that is not on this server");
  await expect(dialog).toContainText("Named by Down.");
  await dialog.getByRole("button", { name: /Integration for Down/ }).click();
  await app.getByRole("option", { name: "Bound" }).click();
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await expect(app.getByRole("heading", { name: "Commands" })).toBeVisible();

  const mark = app.getByRole("group", { name: /: Use$/ }).getByRole("img");
  await expect(mark).toHaveAccessibleName(/cs_place/);
  await app.getByRole("button", { name: "Show findings" }).click();
  await app.getByRole("region", { name: "Findings" }).getByRole("button", { name: "Use" }).first().click();
  await expect(app.getByRole("region", { name: "Node Use" })).toContainText("cs_place");
  // By keyboard: the canvas may still be on its way to the node that was named before.
  await app.getByRole("group", { name: /: Down$/ }).focus();
  await app.keyboard.press("Enter");
  await expect(
    app.getByRole("region", { name: "Node Down" }).getByRole("button", { name: /Bound/ }),
  ).toBeVisible();
});
