import { after } from "node:test";
import { closeBrowser } from "./harness";
import "./accessibility.test";
import "./chat.test";
import "./embedding.test";
import "./preview.test";
import "./recovery.test";
import "./start.test";

after(closeBrowser);
