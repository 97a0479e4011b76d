/** The composer: it grows, sends by Enter, refuses in words, and loses nothing that was typed. */
import { keep, kept } from "./keep.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("composer"));
const field = /** @type {HTMLTextAreaElement} */ (document.getElementById("typed"));
const button = /** @type {HTMLButtonElement} */ (form.querySelector(".send"));
const refusal = /** @type {HTMLElement} */ (document.getElementById("refusal"));
const busyHint = /** @type {HTMLElement} */ (document.getElementById("busy"));
const limit = Number(document.body.dataset.limit);
const TALLEST = 160;

let busy = false;
/** What an earlier page left, while it stands in the field as it was. @type {import("./keep.js").Outgoing[]} */
let restored = [];
/** The ids of all that this page had: what is kept of those is up to it. */
const own = new Set();

function redraw() {
  if (!CSS.supports("field-sizing", "content")) {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, TALLEST)}px`;
  }
  button.setAttribute("aria-disabled", String(busy));
  busyHint.textContent = hint();
}

function hint() {
  const { words = "", left = "", offline = "" } = busyHint.dataset;
  if (!navigator.onLine) return offline;
  if (busy && field.value.trim()) return words;
  if (field.value.length < limit * 0.9) return "";
  const room = limit - [...field.value].length;
  if (room < 0) return refusal.textContent ? "" : fault(field.value.trim());
  return room > limit * 0.1 ? "" : left.replace("{left}", room.toLocaleString(document.documentElement.lang));
}

/** @param {string} words */
function refuse(words) {
  refusal.textContent = words;
  field.setAttribute("aria-invalid", String(Boolean(words)));
}

/** @param {string} text */
function fault(text) {
  const { length } = [...text];
  if (!length) return refusal.dataset.blank ?? "";
  return length > limit ? (refusal.dataset.long ?? "").replace("{length}", String(length)) : "";
}

/** A new id for a message; `randomUUID` is missing where the host page is plain http. */
function newId() {
  return crypto.randomUUID?.() ?? URL.createObjectURL(new Blob()).slice(-36);
}

/** Whether an answer is awaited; until it is here, what is typed waits. @param {boolean} value */
export function setBusy(value) {
  busy = value;
  redraw();
}

export function focusComposer() {
  field.focus();
}

/** What is kept of messages; one stood alone there once. */
const unsent = () => [kept().outgoing ?? []].flat();

/** Keep what the log has that isn't sent yet. */
export function keepWords() {
  const forms = document.querySelectorAll("form.message:not([data-kept])");
  const here = [...forms].map((form) => {
    const data = new FormData(/** @type {HTMLFormElement} */ (form));
    return { text: String(data.get("message")), id: String(data.get("client_id")) };
  });
  for (const { id } of here) own.add(id);
  const others = unsent().filter(({ id }) => !own.has(id));
  keep({ outgoing: [...others, ...here] });
}

/** What an earlier page left is part of what is written now. */
function mix() {
  if (!restored.length) return;
  for (const { id } of restored) own.add(id);
  restored = [];
  keepWords();
}

/**
 * Put text into the composer, before what is there.
 *
 * @param {string} text
 */
export function putBack(text) {
  field.value = [text, field.value].filter(Boolean).join("\n");
  keep({ draft: field.value });
  mix();
  redraw();
}

/** Take up what an earlier page left: its draft, and messages that may not have arrived. */
export function restore() {
  if (restored.length) return;
  restored = unsent().filter(({ id }) => !own.has(id));
  field.value = [...restored.map(({ text }) => text), field.value || kept().draft].filter(Boolean).join("\n");
  redraw();
}

/**
 * Call back with each message that the visitor sends.
 *
 * @param {(text: string, id: string) => void} send
 */
export function onSend(send) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    const words = fault(text);
    refuse(words);
    redraw();
    field.focus();
    if (words || busy) return;
    // Unchanged, it keeps its id, so that it is not sent twice.
    const id = restored.find((each) => each.text === text)?.id ?? newId();
    field.value = "";
    redraw();
    send(text, id);
    mix();
    keep({ draft: null });
  });
  field.addEventListener("keydown", (event) => {
    // Safari ends a composition before the Enter that did it: 229 tells.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  field.addEventListener("input", () => {
    refuse("");
    keep({ draft: field.value });
    mix();
    redraw();
  });
  window.addEventListener("offline", redraw);
  window.addEventListener("online", redraw);
  button.disabled = false;
}

export { newId };
