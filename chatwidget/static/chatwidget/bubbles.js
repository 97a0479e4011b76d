/** The visitor's own messages: sent, edited, asked once more; and a reply that is not waited for. */
import { post } from "./bridge.js";
import { htmx, log, refresh } from "./chat.js";
import { focusComposer, newId, putBack } from "./composer.js";
import { keep } from "./keep.js";
import { toEnd } from "./log.js";

const template = /** @type {HTMLTemplateElement} */ (document.getElementById("outgoing"));
const stopped = /** @type {HTMLTemplateElement} */ (document.getElementById("stopped"));

/** @param {string} text @param {string} id */
export function send(text, id) {
  post("event", { name: "message-before-send", detail: {} });
  const bubble = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const form = /** @type {HTMLFormElement} */ (bubble.firstElementChild);
  for (const [name, value] of [["message", text], ["client_id", id]]) {
    /** @type {HTMLInputElement} */ (form.elements.namedItem(name ?? "")).value = value ?? "";
  }
  /** @type {HTMLElement} */ (form.querySelector(".text")).textContent = text;
  log.append(form);
  htmx.process(form);
  form.requestSubmit();
  toEnd();
}

log.addEventListener("click", ({ target }) => {
  const button = /** @type {HTMLElement} */ (target).closest("button");
  const message = button?.closest(".message");
  if (!button || !message) return;
  focusComposer();
  if (button.dataset.action === "edit") edit(message);
  if (button.dataset.action === "ask-again") askAgain(message);
  if (button.dataset.action === "stop") {
    message.replaceWith(stopped.content.cloneNode(true));
    refresh();
  }
});

/** @param {Element} message */
function edit(message) {
  const field = message.querySelector("[name=message]");
  keep({ outgoing: null });
  message.remove();
  putBack(/** @type {HTMLInputElement} */ (field).value);
  refresh();
}

/** Send the question again that this bubble could not answer. @param {Element} message */
function askAgain(message) {
  const questions = [...log.querySelectorAll(".own .text")];
  const question = questions.reverse().find(
    (each) => each.compareDocumentPosition(message) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  message.remove();
  if (!question) return;
  question.closest(".own")?.remove();
  send(question.textContent ?? "", newId());
}

for (const starter of document.querySelectorAll(".starters button")) {
  starter.addEventListener("click", () => {
    send(starter.textContent ?? "", newId());
    focusComposer();
  });
}
