/** The dialog of the visitor's chats: a new one, and earlier ones to go back to. */
import { chat, withLater } from "./chat.js";
import { focusComposer } from "./composer.js";
import { kept } from "./keep.js";
import { part } from "./parts.js";

/** @type {HTMLDialogElement | undefined} */
let dialog;

/** @param {(what: string) => void} tell */
function make(tell) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById("chats"));
  document.body.append(template.content.cloneNode(true));
  const title = document.getElementById("chats-title");
  const made = /** @type {HTMLDialogElement} */ (title?.closest("dialog"));
  made.addEventListener("close", focusComposer);
  made.addEventListener("click", ({ target }) => {
    const { action, token } = /** @type {HTMLElement} */ (target).closest("button")?.dataset ?? {};
    if (target === made || action === "close") made.close();
    if (action === "new" && chat.log.querySelector(".message")) ask(made, true);
    else if (action === "new" || action === "confirm") go(made, tell);
    if (action === "back") ask(made, false);
    if (token) go(made, tell, token);
  });
  return made;
}

/** @param {HTMLDialogElement} made @param {boolean} isSure */
function ask(made, isSure) {
  const [list, sure] = made.querySelectorAll("section");
  if (list) list.hidden = isSure;
  if (sure) sure.hidden = !isSure;
  made.setAttribute("aria-labelledby", isSure ? "sure-title" : "chats-title");
  /** @type {HTMLElement | null} */ (made.querySelector("section:not([hidden]) button"))?.focus();
}

/** @param {HTMLDialogElement} made @param {(what: string) => void} tell @param {string} [token] */
async function go(made, tell, token) {
  const earlier = chat.shown;
  const wasAnswered = chat.log.querySelector(".judging") && !chat.log.querySelector("[data-rated]");
  chat.show(token);
  tell(token ? "changed" : "new");
  made.close();
  if (!token && wasAnswered) (await part("feedback"))?.rate(earlier);
}

/** @param {HTMLDialogElement} made @param {string} shown */
function list(made, shown) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium" });
  const rows = (kept().chats ?? []).map(({ token, title, at }) => {
    const row = document.createElement("li");
    const button = document.createElement("button");
    const words = document.createElement("bdi");
    const time = document.createElement("small");
    button.type = "button";
    button.className = "link";
    button.dataset.token = String(token);
    if (token === shown) button.setAttribute("aria-current", "true");
    words.textContent = String(title);
    time.textContent = format.format(at);
    button.append(words, time);
    row.append(button);
    return row;
  });
  /** @type {HTMLElement} */ (made.querySelector("ul")).replaceChildren(...rows);
}

/** Show it, or say that the network lost a part of it. */
export async function open() {
  const loaded = await withLater();
  if (!loaded) return false;
  await loaded.styled;
  dialog ??= make(loaded.tell);
  list(dialog, chat.shown);
  ask(dialog, false);
  dialog.showModal();
  part("tools").then((tools) => tools?.serve(chat, dialog));
  return true;
}
