/** The menu's tools: the chat as a file or on paper, its rating, a sound, another corner. */
import { ask } from "./asking.js";
import { post } from "./bridge.js";
import { keep, kept } from "./keep.js";
import { part } from "./parts.js";

/** @typedef {import("./later.js").Chat} Chat */

/** @type {HTMLElement | undefined} */
let tools;

/** @param {string} kind */
async function transcript(kind) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const answer = await ask(`transcript/?as=${kind}&zone=${encodeURIComponent(zone)}`);
  if (!answer.ok) throw new Error(await answer.text());
  return answer;
}

/** @param {string} kind */
async function save(kind) {
  const answer = await transcript(kind);
  const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name ?? `chat.${kind}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/** The whole chat on paper, and not only what the log has of it. */
async function print() {
  const answer = await transcript("print");
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  const paper = document.createElement("section");
  paper.id = "paper";
  paper.append(...parsed.body.children);
  document.body.prepend(paper);
  window.addEventListener("afterprint", () => paper.remove(), { once: true });
  window.print();
}

/** @param {Chat} chat @param {HTMLDialogElement} dialog @param {HTMLElement} button */
async function use(chat, dialog, button) {
  const { tool = "" } = button.dataset;
  const status = /** @type {HTMLElement} */ (tools?.querySelector("[role=status]"));
  status.textContent = "";
  if (tool === "sound") {
    toggle(chat, button);
    return;
  }
  if (tool === "move") {
    post("move");
    return;
  }
  if (!chat.shown) {
    status.textContent = status.dataset.empty ?? "";
    return;
  }
  try {
    if (tool === "rate") {
      const feedback = await part("feedback");
      dialog.close();
      feedback?.rate();
    } else await (tool === "print" ? print() : save(tool));
  } catch (error) {
    const said = error instanceof TypeError || !(error instanceof Error) ? "" : error.message;
    status.textContent = said || (status.dataset.lost ?? "");
  }
}

/** @param {Chat} chat @param {HTMLElement} button */
async function toggle(chat, button) {
  const isOn = !kept().sound;
  keep({ sound: isOn });
  button.setAttribute("aria-checked", String(isOn));
  if (isOn) (await part("sound"))?.serve(chat).try();
}

/** @param {Chat} chat @param {HTMLDialogElement} dialog */
export function serve(chat, dialog) {
  if (!tools) {
    const place = document.createElement("div");
    place.setAttribute("hx-get", "tools/");
    place.setAttribute("hx-trigger", "open");
    place.addEventListener("click", ({ target }) => {
      const button = /** @type {HTMLElement} */ (target).closest("button");
      if (button?.dataset.tool) use(chat, dialog, button);
    });
    chat.onHtmx("afterRequest", ({ elt, xhr }) => {
      if (elt !== place) return;
      if (xhr.status !== 200) {
        tools = undefined;
        place.remove();
      }
      const move = place.querySelector("[data-tool=move]")?.parentElement;
      // There is a launcher around the chat if there is a window to close.
      if (move) move.hidden = Boolean(document.getElementById("close")?.hidden);
      place.querySelector("[data-tool=sound]")?.setAttribute(
        "aria-checked",
        String(Boolean(kept().sound)),
      );
    });
    dialog.querySelector("section > p")?.before(place);
    tools = place;
    chat.htmx.process(place);
    chat.htmx.trigger(place, "open");
  }
}
