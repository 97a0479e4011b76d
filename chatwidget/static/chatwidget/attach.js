/**
 * Files of a message: chosen, dropped, pasted or photographed, shown with their progress, sent one
 * at a time as they are chosen, and named in the message that goes with them.
 */
import { add, retry } from "./adding.js";
import { dress, numbersOf, takeBack } from "./carrying.js";
import { chat } from "./chat.js";
import { field, form, hint, items, lay, words } from "./tray.js";
import { goLater } from "./upload.js";

/** @typedef {import("./tray.js").Item} Item */
const opener = /** @type {HTMLElement} */ (document.getElementById("attach"));
const panel = /** @type {HTMLElement} */ (document.getElementById("attaching"));
const drop = /** @type {HTMLElement} */ (document.getElementById("drop"));
const MESSAGE = "form.message";

/** Those that go with the message that is being sent. @type {Item[]} */
let boarding = [];
/** What stands for words in a message of files alone. */
let names = "";

/** @param {Iterable<File>} files */
function take(files) {
  for (const file of files) add(file);
  open(false);
  field.focus();
}

/** @param {boolean} isOpen */
function open(isOpen) {
  panel.hidden = !isOpen;
  opener.setAttribute("aria-expanded", String(isOpen));
}

form.addEventListener("submit", (event) => {
  const going = items.filter(({ state }) => state === "waiting" || state === "going");
  const failed = items.filter(({ state }) => state === "failed");
  if (going.length || failed.length) {
    event.preventDefault();
    event.stopImmediatePropagation();
    goLater(!failed.length);
    hint.textContent = (failed.length ? words.failed : words.pending) ?? "";
    return;
  }
  boarding = items.filter(({ state }) => state === "done");
  // The Chat API takes no message without words: their names are what there is to say.
  names = field.value.trim() ? "" : boarding.map(({ file }) => file.name).join(", ");
  if (names) field.value = names;
}, { capture: true });

form.addEventListener("submit", () => {
  if (field.value) {
    boarding = [];
    // They are no words of the visitor's, who has to wait.
    if (field.value === names) field.value = "";
    return;
  }
  for (const { row } of items) row.remove();
  items.length = 0;
  lay();
  open(false);
});

chat.onHtmx("configRequest", ({ elt, parameters }) => {
  if (!elt.matches(MESSAGE) || !boarding.length) return;
  const numbers = boarding.map(({ id }) => String(id));
  boarding = [];
  for (const number of numbers) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = "file";
    input.value = number;
    elt.append(input);
  }
  Object.assign(parameters, { file: numbers });
  dress(elt, numbers);
});

chat.onHtmx("afterRequest", ({ xhr }) => {
  for (const message of chat.log.querySelectorAll(".own[data-files]")) {
    dress(message, (message.getAttribute("data-files") ?? "").split(" "));
  }
  for (const message of chat.log.querySelectorAll(MESSAGE)) dress(message, numbersOf(message));
  if (!/file_unknown/.test(xhr.getResponseHeader("X-Chat-Events") ?? "")) return;
  // Another chat was started meanwhile, which has to be given the files once more.
  const message = [...chat.log.querySelectorAll(`${MESSAGE}.failed`)].pop();
  /** @type {HTMLElement | null | undefined} */ (
    message?.querySelector("[data-action=edit]")
  )?.click();
  for (const item of [...items]) retry(item);
  hint.textContent = words.stale ?? "";
});

chat.log.addEventListener("click", ({ target }) => {
  const button = /** @type {HTMLElement} */ (target).closest("[data-action=edit]");
  const message = button?.closest(MESSAGE);
  if (message) takeBack(message);
}, { capture: true });

opener.addEventListener("click", () => {
  open(panel.hidden !== false);
  if (!panel.hidden) panel.querySelector("input")?.focus();
});
for (const input of panel.querySelectorAll("input")) {
  input.addEventListener("change", () => {
    take(input.files ?? []);
    input.value = "";
  });
}
panel.parentElement?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || panel.hidden) return;
  event.stopPropagation();
  open(false);
  opener.focus();
});
/** @type {HTMLElement} */ (panel.querySelector(".camera")).hidden = !matchMedia(
  "(pointer: coarse)",
).matches;

field.addEventListener("paste", (event) => {
  const { files } = event.clipboardData ?? {};
  if (!files?.length) return;
  event.preventDefault();
  take(files);
});

/** @param {DragEvent} event */
const holdsFiles = ({ dataTransfer }) =>
  // Where the message field isn't there, nothing may be written just now.
  Boolean(dataTransfer?.types.includes("Files") && form.getClientRects().length);
document.addEventListener("dragover", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  drop.hidden = false;
});
document.addEventListener("dragleave", ({ relatedTarget }) => {
  if (!relatedTarget) drop.hidden = true;
});
document.addEventListener("drop", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  drop.hidden = true;
  take(event.dataTransfer?.files ?? []);
});
