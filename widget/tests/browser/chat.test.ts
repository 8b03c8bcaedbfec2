import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeBrowser, say, startChat, until, visit } from "./harness";

after(closeBrowser);

test("a visitor starts a chat and both sides see what the other writes", async () => {
  await visit({}, async ({ page, server }) => {
    await startChat(page, "My order #42 has not arrived yet.");
    server.agentJoins("Mario");
    server.agentSays("Hi Carla, let me look that up.");
    const log = page.getByRole("log", { name: "Conversation" });
    await log.getByText("Hi Carla, let me look that up.").waitFor();
    await say(page, "Great, thank you!");
    await until("the server has it", () => server.visitorTexts().length === 2);
    assert.deepEqual(server.visitorTexts(), ["My order #42 has not arrived yet.", "Great, thank you!"]);
    assert.deepEqual(server.session.request.customer, { displayName: "Carla Customer", email: "carla@customer.example" });
  });
});
