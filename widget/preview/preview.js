// The preview makes the snippet's calls; it is a file of its own because the page's policy forbids scripts inside it.
const { kind, widgetKey, contactId } = document.body.dataset;
const contact = { [kind === "user" ? "contactId" : "serviceId"]: contactId };
// Behind the #, so that no server and no log has it.
const previewPass = new URLSearchParams(location.hash.slice(1)).get("pass");
const byId = (id) => document.getElementById(id);

window.Nimbus = window.Nimbus || { queue: [] };
window.Nimbus.queue.push({
  widgetKey,
  ...contact,
  // Presence is asked for without the pass, which opens a chat and nothing else.
  ...(previewPass ? { previewPass } : { presenceSubscription: "signalR" }),
});

const snippet = byId("snippet");
const copied = byId("copied");

/** Copies by a selection, for pages that are not served over https. */
function copyBySelection() {
  const range = document.createRange();
  range.selectNodeContents(snippet);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  return document.execCommand("copy");
}

async function copy() {
  try {
    await navigator.clipboard.writeText(snippet.textContent);
    return true;
  } catch {
    return copyBySelection();
  }
}

byId("copy").addEventListener("click", async () => {
  copied.textContent = "";
  copied.textContent = (await copy()) ? "Copied" : "Select the lines and copy them by hand.";
});

const VERDICTS = { pass: "✓ Passed", fail: "✗ Failed", notJudged: "– Not judged" };

/** How a page would fare, for whoever has a preview link; undefined where the link does not count. */
async function ask(page) {
  const query = new URLSearchParams({ widgetKey, ...contact, ...(page ? { page } : {}) });
  const response = await fetch(`/api/widget/v1/preview?${query}`, {
    headers: { "interact-preview": previewPass },
    credentials: "omit",
  });
  return response.ok ? response.json() : undefined;
}

function line({ title, verdict, explanation, fix }) {
  const item = document.createElement("li");
  item.className = verdict;
  const what = document.createElement("strong");
  what.textContent = `${VERDICTS[verdict]}: ${title}`;
  item.append(
    what,
    document.createElement("br"),
    explanation,
    ...(fix ? [document.createElement("br"), `→ ${fix}`] : []),
  );
  return item;
}

async function showLink() {
  byId("link").hidden = false;
  const link = await ask("").catch(() => undefined);
  if (!link) {
    byId("maker").textContent =
      "This preview link is over, or was made for another service or user. Ask for a new one.";
    byId("check").hidden = true;
    return;
  }
  byId("panel-title").textContent = link.displayName;
  document.title = `Preview: ${link.displayName}`;
  const until = new Date(link.expiresAt).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  byId("maker").textContent =
    `Made by ${link.madeBy}. Until ${until} the chat works on this page, whatever is restricted.`;
}

byId("check").addEventListener("submit", async (event) => {
  event.preventDefault();
  byId("outcome").textContent = "";
  const found = await ask(byId("page").value).catch(() => undefined);
  byId("conditions").replaceChildren(...(found?.conditions ?? []).map(line));
  if (!found) byId("outcome").textContent = "This could not be asked; the preview link may be over.";
  else if (!found.origin) byId("outcome").textContent = "✗ This is no address of a page, or one without an origin.";
  else
    byId("outcome").textContent =
      `${found.origin}: ${found.allowed ? "✓ a chat can start there" : "✗ no chat can start there"}`;
});

if (previewPass) void showLink();
