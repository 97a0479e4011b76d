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
/** @type {import("./keep.js").Outgoing | null | undefined} */
let earlier = null;

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
  return room < 0 || room > limit * 0.1 ? "" : left.replace("{left}", room.toLocaleString(document.documentElement.lang));
}

/** @param {string} words */
function refuse(words) {
  refusal.textContent = words;
  field.setAttribute("aria-invalid", String(Boolean(words)));
  field.focus();
}

/** @param {string} text */
function fault(text) {
  const { length } = [...text];
  if (!length) return refusal.dataset.blank ?? "";
  return length > limit ? (refusal.dataset.long ?? "").replace("{length}", String(length)) : "";
}

/** A new id for a message; `randomUUID` is missing where the host page is plain http. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}

/** Whether an answer is awaited; until it is here, what is typed waits. @param {boolean} value */
export function setBusy(value) {
  busy = value;
  redraw();
}

export function focusComposer() {
  field.focus();
}

/**
 * Put text into the composer, before what is there.
 *
 * @param {string} text
 */
export function putBack(text) {
  field.value = [text, field.value].filter(Boolean).join("\n");
  keep({ draft: field.value });
  redraw();
  field.focus();
}

/** Take up what an earlier page left: its draft, and a message that may not have arrived. */
export function restore() {
  const { draft, outgoing } = kept();
  earlier = outgoing;
  field.value = [outgoing?.text, field.value || draft].filter(Boolean).join("\n");
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
    if (words || busy) return;
    // Unchanged, it keeps its id, so that it is not sent twice.
    const id = earlier && earlier.text === text ? earlier.id : newId();
    earlier = null;
    field.value = "";
    keep({ draft: null });
    redraw();
    send(text, id);
  });
  field.addEventListener("keydown", (event) => {
    // Safari ends a composition before the Enter that did it: 229 tells.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  field.addEventListener("input", () => {
    if (refusal.textContent) refuse(fault(field.value.trim()) && refusal.textContent);
    keep({ draft: field.value, outgoing: null });
    redraw();
  });
  window.addEventListener("offline", redraw);
  window.addEventListener("online", redraw);
}

export { newId };
