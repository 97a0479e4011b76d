/** What a browser tells the chat: a page that is shown again, the network, keys, the keyboard's room. */
import { framed, post } from "./bridge.js";
import { ASKING, chat, htmx, log, refresh, say, status, withLater } from "./chat.js";
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

/** Where the page doesn't shrink with the keyboard, iOS, the composer would be under it. */
const view = window.visualViewport;
view?.addEventListener("resize", () => {
  if (framed || view.scale > 1.01) return;
  document.body.style.height = `${view.height}px`;
  window.scrollTo(0, 0);
});

export const close = /** @type {HTMLElement} */ (document.getElementById("close"));
close.hidden = !framed;
close.addEventListener("click", () => post("close"));

const menu = /** @type {HTMLElement} */ (document.getElementById("menu"));
menu.addEventListener("click", async () => {
  const [chats, loaded] = await Promise.all([part("menu"), withLater()]);
  if (!chats || !loaded) {
    say(status.dataset.lost);
    return;
  }
  await loaded.styled;
  chats.open(chat, loaded.tell);
});
