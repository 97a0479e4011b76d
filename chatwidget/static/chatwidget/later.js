/**
 * What a chat needs once it has an answer: news from elsewhere, other tabs kept in step, the list
 * of chats, days and copy buttons in the log.
 */
import { drop, remember } from "./chats.js";
import { decorate } from "./decorate.js";
import { channel, kept } from "./keep.js";
import { part } from "./parts.js";

/**
 * @typedef {import("./chat.js").Detail} Detail
 * @typedef {{ htmx: any, log: HTMLElement, say: (words?: string) => void,
 *   show: (token?: string, isElsewhere?: boolean) => void,
 *   onHtmx: (type: string, call: (detail: Detail) => void) => void,
 *   isOwn: () => boolean, readonly shown: string, readonly isBusy: boolean }} Chat
 */
const LOOK = 30000;
const ENDED = "data-ended";
const SENT = ".own:not(form)";
const ANSWERS = ".message:not(.own, .pending, .unanswered)";

function addStyles() {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = new URL("later.css", import.meta.url).href;
  const added = new Promise((resolve) => {
    for (const type of ["load", "error"]) sheet.addEventListener(type, resolve);
  });
  document.head.append(sheet);
  return added;
}

/** Our own last words, if no answer stands after them. @param {HTMLElement} log */
function unanswered(log) {
  const last = [...log.querySelectorAll(ANSWERS)].pop();
  return [...log.querySelectorAll(`${SENT}, .unanswered`)].filter(
    (each) => !last || last.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
}

/** @param {HTMLElement} log */
function lastTime(log) {
  const last = [...log.querySelectorAll(`${ANSWERS} time`)].pop();
  return /** @type {HTMLTimeElement | undefined} */ (last)?.dateTime ?? "";
}

/** Whether a request is for the history as it ends now. @param {{ verb: string, path?: string }} request */
const asksForAll = ({ verb, path }) => verb === "get" && path?.endsWith("/messages/");

/** @param {Chat} chat */
export function serve(chat) {
  const { htmx, log } = chat;
  const tabs = channel();
  const news = document.createElement("div");
  let looked = Date.now();
  let isStale = false;
  let since = "";
  /** What a history that comes late has too. @type {Element[]} */
  let shown = [];
  const said = () => [...log.querySelectorAll(".message:not(form)")];

  function look() {
    const { token } = kept();
    if (!token || !chat.isOwn()) return;
    if (token !== chat.shown && !chat.isBusy) {
      chat.show(token);
      return;
    }
    isStale = true;
    if (document.hidden || chat.isBusy) return;
    isStale = false;
    looked = Date.now();
    tabs?.postMessage("looked");
    since = lastTime(log);
    news.setAttribute("hx-get", `messages/?since=${encodeURIComponent(since)}`);
    htmx.process(news);
    htmx.trigger(news, "look");
  }

  news.hidden = true;
  for (const [name, value] of [["trigger", "look"], ["target", "#log"], ["swap", "beforeend"]]) {
    news.setAttribute(`hx-${name}`, value ?? "");
  }
  document.body.append(news);

  chat.onHtmx("configRequest", (detail) => {
    if (asksForAll(detail)) shown = said();
  });
  chat.onHtmx("beforeSwap", (detail) => {
    if (asksForAll(detail.requestConfig) && detail.shouldSwap && detail.xhr.status < 400) {
      const now = said();
      if (now.length !== shown.length || now.some((each, at) => each !== shown[at])) {
        // It may have what came meanwhile, or not.
        detail.shouldSwap = false;
        setTimeout(() => htmx.trigger(detail.requestConfig.elt, "resume"));
      } else for (const each of shown) each.remove();
    }
    // The event's own element is what is swapped into: the log, whoever asked.
    if (detail.requestConfig.elt !== news || !detail.shouldSwap) return;
    if (since !== lastTime(log)) {
      detail.shouldSwap = false;
      return;
    }
    const mine = unanswered(log);
    const count = (detail.serverResponse.match(/class="message/g) ?? []).length;
    const hasMore = count > mine.filter((each) => each.matches(SENT)).length;
    const ends = detail.serverResponse.includes(ENDED) && !log.querySelector(`[${ENDED}]`);
    detail.shouldSwap = (count ? hasMore : ends) && !chat.isBusy;
    if (hasMore && detail.shouldSwap) for (const each of mine) each.remove();
  });
  chat.onHtmx("afterRequest", ({ elt, xhr, requestConfig }) => {
    if (xhr.getResponseHeader("X-Session-Token") === "") {
      drop(requestConfig.headers["X-Session-Token"] ?? "");
    }
    if (elt === news) return;
    remember(chat);
    if (xhr.getResponseHeader("X-Chat-Events")) tabs?.postMessage("changed");
  });
  tabs?.addEventListener("message", ({ data }) => {
    if (data === "looked") looked = Date.now();
    else if (data === "new") chat.show("", true);
    else look();
  });
  window.addEventListener("storage", () => {
    if ((kept().token ?? "") !== chat.shown) look();
  });
  document.addEventListener("visibilitychange", () => {
    if (isStale || Date.now() - looked > LOOK) look();
  });
  setInterval(() => {
    if (isStale || Date.now() - looked > LOOK) look();
  }, LOOK / 6);
  remember(chat);
  const styled = addStyles();
  styled.then(() => decorate(log, chat.say));
  if (document.getElementById("judging")) part("feedback").then((feedback) => feedback?.serve(chat));
  if (document.getElementById("aloud")) part("aloud").then((aloud) => aloud?.serve(chat));
  if (kept().sound) part("sound").then((sound) => sound?.serve(chat));
  if (kept().token !== (chat.shown || undefined)) look();
  return { look, styled, tell: (/** @type {string} */ what) => tabs?.postMessage(what) };
}
