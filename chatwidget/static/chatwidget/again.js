/** Asking once more what a bubble could not answer; it comes with the first such click. */
import { send } from "./bubbles.js";
import { log } from "./chat.js";
import { newId } from "./composer.js";

/** Send the question again that stands before this bubble. @param {Element} message */
export function ask(message) {
  if (!message.isConnected) return;
  const questions = [...log.querySelectorAll(".own .text")];
  const question = questions.reverse().find(
    (each) => each.compareDocumentPosition(message) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  message.remove();
  if (!question) return;
  question.closest(".own")?.remove();
  send(question.textContent ?? "", newId());
}
