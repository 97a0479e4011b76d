/** Messages that may not have arrived: kept until it is known, and watched after a reload too. */
import { newId } from "./composer.js";
import { keep, kept } from "./keep.js";

const TASK = /replies\/([0-9a-f-]{36})\//;

/** The token of the chat whose bubbles are back. @type {string | null | undefined} */
let restored;

/** @param {HTMLTemplateElement} template @param {{ text: string, task: string }} message */
function bubbleOf(template, { text, task }) {
  const bubble = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
  const form = /** @type {HTMLFormElement} */ (bubble.firstElementChild);
  const [words, again] = form.querySelectorAll(".failure p, .failure button");
  const watch = document.createElement("div");
  for (const [name, value] of [["message", text], ["client_id", newId()]]) {
    /** @type {HTMLInputElement} */ (form.elements.namedItem(name ?? "")).value = value ?? "";
  }
  /** @type {HTMLElement} */ (form.querySelector(".text")).textContent = text;
  if (words) words.textContent = template.dataset.unsure ?? "";
  if (again) again.textContent = template.dataset.again ?? "";
  watch.className = "watch";
  watch.setAttribute("hx-get", `replies/${encodeURIComponent(task)}/?watch=own`);
  watch.setAttribute("hx-trigger", "load, resume");
  watch.setAttribute("hx-swap", "outerHTML");
  form.append(watch);
  form.classList.add("failed");
  form.dataset.again = form.dataset.kept = "";
  return form;
}

/** It arrived after all: nothing is left to do about it. @param {HTMLFormElement} form */
function settle(form) {
  const bubble = form.querySelector(".bubble");
  const message = document.createElement("div");
  message.className = "message own";
  if (bubble) message.append(bubble);
  form.replaceWith(message);
}

/** Put the bubbles of an earlier page back. @param {import("./later.js").Chat} chat */
function putBack({ log, htmx }) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("outgoing"));
  for (const message of (kept().unsure ?? []).filter(({ token }) => token === kept().token)) {
    const form = bubbleOf(template, message);
    log.append(form);
    htmx.process(form);
  }
}

/** Keep what is unconfirmed in the log. @param {HTMLElement} log */
function store(log) {
  const token = kept().token ?? "";
  const watches = [...log.querySelectorAll("form.failed .watch")];
  const here = watches.map((watch) => ({
    token,
    text: watch.parentElement?.querySelector("input")?.value ?? "",
    task: TASK.exec(watch.getAttribute("hx-get") ?? "")?.[1] ?? "",
  }));
  const elsewhere = (kept().unsure ?? []).filter((message) => message.token !== token);
  keep({ unsure: [...elsewhere, ...here] });
  for (const watch of watches) watch.parentElement?.setAttribute("data-kept", "");
}

/**
 * Keep what is unconfirmed in the log; the first time, what an earlier page left comes back.
 *
 * @param {import("./later.js").Chat} chat
 * @param {HTMLFormElement | false | null} arrived a message that is confirmed now
 */
export function note(chat, arrived) {
  const isStale = arrived && arrived.dataset.again === "";
  if (arrived) settle(arrived);
  if (restored !== kept().token && !chat.log.querySelector("form .watch")) putBack(chat);
  restored = kept().token;
  store(chat.log);
  // The history that stands above may have it too.
  if (isStale) chat.show(kept().token ?? "");
}
