/** What the visitor thinks: thumbs on each answer, and stars for the chat as a whole. */
import { ask } from "./asking.js";
import { chat } from "./chat.js";
import { focusComposer } from "./composer.js";

const ANSWERS = ".message:not(.own, .pending, .unanswered)";
const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById("judging"));
const asking = /** @type {HTMLTemplateElement | null} */ (document.getElementById("rating"));

function addStyles() {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = new URL("feedback.css", import.meta.url).href;
  document.head.append(sheet);
}

/** @param {Record<string, string>} values @param {string} [token] */
async function give(values, token) {
  const body = new FormData();
  for (const [name, value] of Object.entries(values)) body.append(name, value);
  try {
    return (await ask("feedback/", token ? { body, token } : { body })).ok;
  } catch {
    return false;
  }
}

/** @param {Element} message */
function equip(message) {
  const time = message.querySelector("time");
  const body = message.querySelector(".body");
  if (!template || !time || !body || body.querySelector(".judging")) return;
  body.append(template.content.cloneNode(true));
  const group = /** @type {HTMLElement} */ (body.querySelector(".judging"));
  const buttons = /** @type {NodeListOf<HTMLElement>} */ (group.querySelectorAll("[data-liked]"));
  const form = /** @type {HTMLFormElement} */ (group.querySelector("form"));
  const field = /** @type {HTMLInputElement} */ (group.querySelector("input"));
  const status = /** @type {HTMLElement} */ (group.querySelector("[role=status]"));
  let liked = { 1: "1", "-1": "0" }[message.getAttribute("data-liked") ?? ""] ?? "";

  const draw = () => {
    for (const each of buttons) {
      each.setAttribute("aria-pressed", String(each.dataset.liked === liked));
    }
  };
  /** @param {string} value @param {string} word */
  const judge = async (value, word) => {
    const isKept = await give({ at: time.dateTime, liked: value, word });
    status.textContent = (isKept ? status.dataset.thanks : status.dataset.lost) ?? "";
    if (isKept) liked = value;
    draw();
    return isKept;
  };
  for (const each of buttons) {
    each.addEventListener("click", async () => {
      if (!await judge(each.dataset.liked ?? "", "")) return;
      form.hidden = false;
      form.scrollIntoView({ block: "nearest" });
    });
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!await judge(liked, field.value)) return;
    form.hidden = true;
    field.value = "";
    focusComposer();
  });
  draw();
}

/** Ask for stars, for the chat of this token or for the one on the screen. @param {string} [token] */
export function rate(token = chat.shown) {
  if (!asking) return;
  document.body.append(asking.content.cloneNode(true));
  const dialog = /** @type {HTMLDialogElement} */ (document.body.lastElementChild);
  const form = /** @type {HTMLFormElement} */ (dialog.querySelector("form"));
  const alert = /** @type {HTMLElement} */ (dialog.querySelector("[role=alert]"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = new FormData(form);
    const stars = String(values.get("stars") ?? "");
    if (!stars) {
      alert.textContent = alert.dataset.blank ?? "";
      return;
    }
    if (await give({ stars, word: String(values.get("word") ?? "") }, token)) {
      if (token === chat.shown) settle();
      dialog.close();
      chat.say(template?.content.querySelector("[role=status]")?.getAttribute("data-thanks") ?? "");
    } else alert.textContent = alert.dataset.lost ?? "";
  });
  dialog.addEventListener("click", ({ target }) => {
    const button = /** @type {HTMLElement} */ (target).closest("[data-action=later]");
    if (target === dialog || button) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    focusComposer();
  });
  dialog.showModal();
}

/** It is rated: nobody asks again. */
function settle() {
  chat.log.firstElementChild?.setAttribute("data-rated", "");
  for (const button of chat.log.querySelectorAll("[data-action=rate]")) button.remove();
}

export function serve() {
  const all = () => chat.log.querySelectorAll(ANSWERS).forEach(equip);
  addStyles();
  new MutationObserver(all).observe(chat.log, { childList: true, subtree: true });
  chat.log.addEventListener("click", ({ target }) => {
    if (/** @type {HTMLElement} */ (target).closest("[data-action=rate]")) rate();
  });
  all();
}
