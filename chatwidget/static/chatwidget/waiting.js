/** While an answer is awaited: a hidden tab asks nothing, and whoever is tired of it stops waiting. */
import { ASKING, PENDING, htmx, log, onHtmx, refresh } from "./chat.js";

const PRESSED = 500;
const stopped = /** @type {HTMLTemplateElement} */ (document.getElementById("stopped"));

onHtmx("beforeRequest", ({ elt }, event) => {
  if (!elt.matches(ASKING) || !document.hidden) return;
  event.preventDefault();
  elt.dataset.held = "";
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const held of log.querySelectorAll("[data-held]")) {
    held.removeAttribute("data-held");
    htmx.trigger(held, "resume");
  }
});

// A button that is pressed would be gone before it is let go: what came is asked for once more.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { elt } = /** @type {CustomEvent} */ (event).detail;
  if (!elt.matches(`${PENDING}:active`)) return;
  event.preventDefault();
  event.stopPropagation();
  setTimeout(() => htmx.trigger(elt, "resume"), PRESSED);
}, true);

log.addEventListener("click", ({ target }) => {
  const button = /** @type {HTMLElement} */ (target).closest("[data-action=stop]");
  if (!button) return;
  button.closest(PENDING)?.replaceWith(stopped.content.cloneNode(true));
  refresh();
});
