/** The chat that the log shows: what it waits for, how it is taken up, and another one instead. */
import { framed, on } from "./bridge.js";
import { keepWords, setBusy } from "./composer.js";
import { keep, kept } from "./keep.js";
import { part } from "./parts.js";

/**
 * @typedef {{ elt: HTMLElement, xhr: XMLHttpRequest, shouldSwap: boolean, serverResponse: string,
 *   headers: Record<string, string>, parameters: Record<string, string>, path: string, verb: string,
 *   requestConfig: { elt: HTMLElement, headers: Record<string, string>, path: string,
 *   verb: string } }} Detail
 * @typedef {{ process: (element: Element) => void,
 *   trigger: (element: Element, event: string) => void }} Htmx
 */
const { htmx } = /** @type {{ htmx: Htmx }} */ (/** @type {unknown} */ (window));

export const PENDING = ".pending";
export const ASKING = ".pending, .watch";
export const OUTGOING = "form.message";
const SLOW = 6000;
const LOADER_PATIENCE = 2000;

export const log = /** @type {HTMLElement} */ (document.getElementById("log"));
export const status = /** @type {HTMLElement} */ (document.getElementById("status"));
const answers = /** @type {HTMLLinkElement} */ (document.getElementById("answers"));
const blank = log.cloneNode(true);

let waitingSince = 0;

/** @param {string} type @param {(detail: Detail, event: Event) => void} callback */
export function onHtmx(type, callback) {
  document.body.addEventListener(`htmx:${type}`, (event) => {
    callback(/** @type {CustomEvent} */ (event).detail, event);
  });
}

/** Tell those who don't see it, once. @param {string | null | undefined} words */
export function say(words) {
  if (status.textContent !== words) status.textContent = words ?? "";
}

/** What answers look like comes with the first message, or the chat that is taken up. */
export function awaitAnswers() {
  answers.disabled = false;
}

/** Done once the visitor sees the chat, which a loader may warm up before. */
const seen = new Promise((resolve) => {
  if (!framed) resolve(null);
  const noLoader = setTimeout(resolve, LOADER_PATIENCE, null);
  on("hello", ({ open }) => {
    clearTimeout(noLoader);
    if (open) resolve(null);
  });
  on("opened", resolve);
});

/** Where the bot speaks first, a new chat begins as soon as it is seen. */
export async function askForSeed() {
  await seen;
  const seed = document.getElementById("seed");
  if (seed && !kept().token) htmx.trigger(seed, "begin");
}

export function takeUp() {
  const earlier = document.getElementById("earlier");
  if (!earlier || !kept().token) return;
  awaitAnswers();
  htmx.trigger(earlier, "resume");
  withLater();
}

export const chat = {
  htmx,
  log,
  say,
  onHtmx,
  /** The token of the chat that the log shows. */
  shown: "",
  /** Done once it is known who the visitor is. @type {Promise<unknown> | undefined} */
  met: undefined,
  /** Whether what is kept is this visitor's. */
  isOwn: () => true,
  /** From now on this is the chat that the log shows. @param {string} token */
  adopt(token) {
    keep({ token });
    chat.shown = token;
  },
  /**
   * Show another of the visitor's chats, or a new one.
   *
   * @param {string} [token]
   * @param {boolean} [isElsewhere] whether it is another tab that begins it
   */
  show(token = "", isElsewhere = false) {
    const edits = log.querySelectorAll(`${OUTGOING}.failed:not([data-kept]) [data-action=edit]`);
    for (const button of [...edits].reverse()) /** @type {HTMLElement} */ (button).click();
    chat.adopt(token);
    log.replaceChildren(...blank.cloneNode(true).childNodes);
    htmx.process(log);
    takeUp();
    refresh();
    if (!isElsewhere) askForSeed();
  },
  get isBusy() {
    return Boolean(log.querySelector(`${ASKING}, ${OUTGOING}:not(.failed), #earlier.htmx-request, [data-tries]`));
  },
};

/** What shows and is kept follows what the log has. */
export function refresh() {
  const pending = /** @type {HTMLElement | null} */ (log.querySelector(PENDING));
  const sending = log.querySelector(`${OUTGOING}:not(.failed)`);
  const failed = log.querySelector(`${OUTGOING}.failed:last-child .failure p`);
  const { lost, writing, sending: words } = status.dataset;
  setBusy(Boolean(pending ?? sending));
  waitingSince = pending ? waitingSince || Date.now() : 0;
  log.classList.toggle("slow", Boolean(pending) && Date.now() - waitingSince > SLOW);
  if (log.querySelector("[data-tries]")) say(lost);
  else if (pending) say(writing);
  else say(sending ? words : failed?.textContent);
  if (chat.isOwn()) keepWords();
}

/** What comes after the first answer, loaded once it is there. @type {any} */
let later;

export async function withLater() {
  await chat.met;
  if (!chat.isOwn()) return null;
  const loaded = await part("later");
  later ??= loaded?.serve(chat);
  return later;
}

export { htmx };
