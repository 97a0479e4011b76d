/** The visitor's own messages: sent, edited, asked once more. */
import { post } from "./bridge.js";
import { OUTGOING, htmx, log, refresh, say, status } from "./chat.js";
import { focusComposer, newId, putBack } from "./composer.js";
import { toEnd } from "./log.js";
import { part } from "./parts.js";

const template = /** @type {HTMLTemplateElement} */ (document.getElementById("outgoing"));

/** @param {string} text @param {string} id */
export function send(text, id) {
  post("event", { name: "message-before-send", detail: {} });
  const bubble = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const form = /** @type {HTMLFormElement} */ (bubble.firstElementChild);
  for (const [name, value] of [["message", text], ["client_id", id]]) {
    /** @type {HTMLInputElement} */ (form.elements.namedItem(name ?? "")).value = value ?? "";
  }
  /** @type {HTMLElement} */ (form.querySelector(".text")).textContent = text;
  // Its answer would bring the token of another chat.
  document.getElementById("seed")?.remove();
  log.append(form);
  form.classList.toggle("failed", !htmx);
  refresh();
  toEnd();
  if (!htmx) return;
  htmx.process(form);
  form.requestSubmit();
}

log.addEventListener("click", ({ target, isTrusted }) => {
  const button = /** @type {HTMLElement} */ (target).closest("button");
  const message = button?.closest(".message");
  if (!button || !message) return;
  // Others have business of their own.
  if (isTrusted && (button.dataset.action || message.matches(OUTGOING))) focusComposer();
  if (button.dataset.action === "edit") edit(message);
  if (button.dataset.action === "ask-again") askAgain(message);
});

/** @param {Element} message */
function edit(message) {
  const field = message.querySelector("[name=message]");
  message.remove();
  putBack(/** @type {HTMLInputElement} */ (field).value);
  refresh();
}

/** @param {Element} message */
async function askAgain(message) {
  const again = await part("again");
  if (again) again.ask(message);
  else say(status.dataset.lost);
}

// Without htmx the page has to be loaded again, which brings back what was written.
if (!htmx) {
  log.addEventListener("submit", (event) => {
    event.preventDefault();
    location.reload();
  });
}

for (const starter of document.querySelectorAll(".starters button")) {
  starter.addEventListener("click", () => {
    send(starter.textContent ?? "", newId());
    focusComposer();
  });
}
