/** What a browser tells the chat: a page that is shown again, the network, keys, its buttons. */
import { framed, post } from "./bridge.js";
import { ASKING, htmx, log, refresh, say, status, withLater } from "./chat.js";
import { focusComposer } from "./composer.js";
import { kept } from "./keep.js";
import { part } from "./parts.js";

window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) withLater().then((loaded) => loaded?.look());
});
window.addEventListener("storage", withLater);
window.addEventListener("offline", () => say(status.dataset.offline));
window.addEventListener("online", () => {
  refresh();
  for (const lost of log.querySelectorAll(`${ASKING}, [data-tries]`)) htmx.trigger(lost, "resume");
  if (kept().token) withLater();
});
document.addEventListener("keydown", ({ key, keyCode }) => {
  // A composition's own key has the code 229, in Safari, which ends it before, too.
  if (key === "Escape" && keyCode !== 229 && !document.querySelector("dialog[open]")) post("close");
});
document.addEventListener("keypress", ({ key, target }) => {
  if (key?.length !== 1 || target !== document.body) return;
  // In a frame of another site Safari lets nothing be focused before a key there has been handled.
  setTimeout(() => {
    focusComposer();
    document.execCommand("insertText", false, key);
  });
});

if (!framed) part("keyboard");

export const close = /** @type {HTMLElement} */ (document.getElementById("close"));
close.hidden = !framed;
close.addEventListener("click", () => post("close"));

const menu = /** @type {HTMLElement} */ (document.getElementById("menu"));
menu.addEventListener("click", async () => {
  if (!(await (await part("menu"))?.open())) say(status.dataset.lost);
});
