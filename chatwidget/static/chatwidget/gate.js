/** The gate: it knows who is back, says what the network lost, and tells times as the reader does. */
import { focusComposer } from "./composer.js";
import { kept, ready } from "./keep.js";

const { htmx } =
  /** @type {{ htmx: import("./chat.js").Htmx }} */ (/** @type {unknown} */ (window));
const log = /** @type {HTMLElement} */ (document.getElementById("log"));
const DAY = 86400000;
const LONGEST = 2 ** 31 - 1;
const asksWho = "who" in document.body.dataset;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let alarm;

/** What stood in a form that is asked for anew. @type {[string, FormDataEntryValue][]} */
let filled = [];

const gate = () => /** @type {HTMLElement} */ (document.getElementById("gate"));

/** Ask how the gate stands for whoever has this chat. */
const ask = () => htmx.trigger(gate(), "begin");

/** @param {HTMLTimeElement} time */
function localise(time) {
  const moment = new Date(time.dateTime);
  const isToday = moment.toDateString() === new Date().toDateString();
  const isSoon = moment.getTime() - Date.now() < 6 * DAY;
  const far = /** @type {const} */ ({ day: "numeric", month: "short" });
  const day = isSoon ? /** @type {const} */ ({ weekday: "short" }) : far;
  time.textContent = moment.toLocaleString(document.documentElement.lang, {
    ...(isToday ? {} : day),
    hour: "numeric",
    minute: "2-digit",
  });
}

/** Read the times as the visitor does, and look again when it opens. */
function tell() {
  for (const time of document.querySelectorAll(":is(#opening, #gate) time")) {
    localise(/** @type {HTMLTimeElement} */ (time));
  }
  clearTimeout(alarm);
  const time = /** @type {HTMLTimeElement | null} */ (document.querySelector("#opening time"));
  if (!time) return;
  const wait = new Date(time.dateTime).getTime() - Date.now() + 1000;
  if (wait < LONGEST) alarm = setTimeout(ask, Math.max(wait, 1000));
}

/** What was kept while the questions stood in its way goes on. */
function goOn() {
  const message = /** @type {HTMLFormElement | null} */ (
    log.querySelector("form.message.failed:last-of-type")
  );
  // Nobody agrees by having a message sent again, and one that may have arrived is watched.
  if (message && !message.querySelector(".watch, [name=agree]")) message.requestSubmit();
  focusComposer();
}

/** What came of a form that was sent. @param {boolean} isLost */
function settle(isLost) {
  const alert = /** @type {HTMLElement | null} */ (gate().querySelector("[role=alert]"));
  const field = /** @type {HTMLElement | null} */ (
    gate().querySelector("[aria-invalid]") ?? gate().querySelector("form [id]:is(input, select)")
  );
  if (isLost && alert) alert.textContent = alert.dataset.lost ?? "";
  else if (field) field.focus();
  else if (!gate().matches(".stands")) goOn();
}

/** Put back what the visitor had filled in; nobody agrees to words that were changed meanwhile. */
function fillIn() {
  const { elements } = gate().querySelector("form") ?? {};
  const version = /** @type {HTMLInputElement | null} */ (elements?.namedItem("version") ?? null);
  const isSame = version?.value === new Map(filled).get("version");
  for (const [name, value] of filled) {
    const field = elements?.namedItem(name);
    if (field instanceof HTMLInputElement && field.type === "checkbox") {
      field.checked = name !== "agree" || isSame;
    } else if (field instanceof HTMLElement && "value" in field && field !== version) {
      field.value = value;
    }
  }
  filled = [];
}

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { verb, path } = /** @type {CustomEvent} */ (event).detail.requestConfig;
  const form = gate().querySelector("form");
  if (form && verb === "get" && path.endsWith("/gate/")) filled = [...new FormData(form)];
});

document.body.addEventListener("htmx:afterRequest", (event) => {
  const { xhr, requestConfig } =
    /** @type {import("./chat.js").Detail} */ (/** @type {CustomEvent} */ (event).detail);
  fillIn();
  tell();
  if (!requestConfig.path?.endsWith("/gate/")) return;
  gate().classList.add("known");
  if (requestConfig.verb === "post") settle(!xhr.getResponseHeader("X-Chat-Fragment"));
});

/** Another chat is shown: its log begins anew, with the place for what was said earlier. */
new MutationObserver((changes) => {
  const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
  if (added.some((node) => node instanceof Element && node.id === "earlier")) ask();
}).observe(log, { childList: true });

tell();
// htmx hears nothing before it has been through the page.
document.addEventListener("DOMContentLoaded", async () => {
  await ready;
  if (kept().token || asksWho) ask();
  else gate().classList.add("known");
});
