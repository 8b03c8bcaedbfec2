import { after } from "node:test";
import { closeBrowser } from "./harness";
import "./accessibility.test";
import "./challenge.test";
import "./chat.test";
import "./developers.test";
import "./presence.test";
import "./looks.test";
import "./package.test";
import "./preview.test";
import "./recovery.test";
import "./sending.test";
import "./snippet.test";
import "./start.test";
import "./surroundings.test";
import "./tabs.test";

after(closeBrowser);
