// The real SignalR client; writes one JSON line per event, and ends with its standard input.
// Arguments: package.json that the client is installed beside, URL, access token.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [packageFile, url, accessToken] = process.argv.slice(2);
const { HubConnectionBuilder, LogLevel } = createRequire(packageFile)("@microsoft/signalr");
const say = (event, details = {}) => process.stdout.write(`${JSON.stringify({ event, ...details })}\n`);

const connection = new HubConnectionBuilder()
  .withUrl(url, { accessTokenFactory: () => accessToken })
  .withAutomaticReconnect([0, 100, 300, 1000])
  .configureLogging(LogLevel.None)
  .build();
connection.on("nudge", (...values) => say("nudge", { values }));
connection.onreconnecting((error) => say("reconnecting", { error: error?.message }));
connection.onreconnected((connectionId) => say("reconnected", { connectionId }));
connection.onclose((error) => say("closed", { error: error?.message }));

for await (const command of createInterface({ input: process.stdin })) {
  if (command === "start") {
    await connection.start().then(
      () => say("started", { connectionId: connection.connectionId }),
      (error) => say("refused", { error: error.message }),
    );
  } else if (command === "invoke") {
    connection.invoke("anything").catch((error) => say("invocation refused", { error: error.message }));
  } else if (command === "stop") {
    await connection.stop();
  }
}
process.exit(0);
