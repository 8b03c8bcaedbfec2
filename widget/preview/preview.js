// The preview makes the snippet's calls; it is a file of its own because the page's policy forbids scripts inside it.
const { kind, widgetKey, contactId } = document.body.dataset;

window.Nimbus = window.Nimbus || { queue: [] };
window.Nimbus.queue.push({
  widgetKey,
  [kind === "user" ? "contactId" : "serviceId"]: contactId,
  presenceSubscription: "signalR",
});

const snippet = document.getElementById("snippet");
const copied = document.getElementById("copied");

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

document.getElementById("copy").addEventListener("click", async () => {
  copied.textContent = "";
  copied.textContent = (await copy()) ? "Copied" : "Select the lines and copy them by hand.";
});
