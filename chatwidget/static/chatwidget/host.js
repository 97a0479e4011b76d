/**
 * What a page around the chat may ask of it, and who the visitor is; loaded when either matters.
 *
 * Only this site's own pages, and the chat alone at its address, are told who is logged in here. Of
 * a visitor whom the browser knew as somebody else nothing is shown, and all that was kept goes.
 */
import { framed, host, on, post, told } from "./bridge.js";
import { keepWords } from "./composer.js";
import { channel, keep, kept } from "./keep.js";

/**
 * @typedef {{ method: string, values: unknown[] }} Call
 * @typedef {{ send: (text: string) => boolean, resume: () => void, begin: () => void,
 *   show: (token?: string, isElsewhere?: boolean) => void }} Chat
 */
const PATIENCE = 2000;
// Renewed before the server finds it too old to start a chat with.
const FRESH_FOR = 5 * 60 * 1000;
const { users } = document.body.dataset;
const NOTHING = { token: null, draft: null, outgoing: null, unsure: null, chats: null };

let mark = "";
let isKnown = false;
let asked = 0;
let lastOwner = kept().who ?? "";

function forget() {
  keep({ ...NOTHING, who: null });
}

function leave() {
  // What fails when the page is left would be kept as unsent.
  for (const form of document.querySelectorAll("form.message")) form.remove();
  location.reload();
}

/** In the other tabs too. */
const tabs = channel(":who");
tabs?.addEventListener("message", () => {
  forget();
  leave();
});

function startAfresh() {
  forget();
  tabs?.postMessage(null);
  leave();
}

/** Whom a JWT is about; the server checks it, this only tells two apart. @param {unknown} token */
function subject(token) {
  try {
    const [, claims = ""] = String(token).split(".");
    return String(JSON.parse(atob(claims.replace(/-/g, "+").replace(/_/g, "/"))).sub);
  } catch {
    return "";
  }
}

/** Who is logged in; whom the site doesn't tell is nobody. */
async function ask() {
  asked = Date.now();
  try {
    const response = await fetch("identity/", { cache: "no-store", credentials: "same-origin" });
    if (!response.ok) throw new Error(String(response.status));
    const answer = await response.json();
    told.identity = answer.identity;
    mark = answer.mark;
    isKnown = true;
  } catch (error) {
    // A page that is left breaks off the question, and must not take that for an answer.
    await new Promise((resolve) => {
      setTimeout(resolve);
    });
    console.warn(`[chatwidget] identity/ doesn't say who is logged in: ${error}`);
  }
}

/** Whether what is kept is this visitor's, or nobody's. */
export function isOwn() {
  const owner = kept().who;
  return !owner || owner === mark;
}

/** Whether it was; what is somebody else's goes. */
function settle() {
  if (isOwn()) return true;
  // A page may still be about to say who it is.
  if (mark || isKnown) forget();
  return false;
}

/** Know the visitor before anything that was kept is shown. @returns {Promise<boolean>} */
export async function meet() {
  if (framed && !host) {
    await new Promise((resolve) => {
      on("page", resolve);
      setTimeout(resolve, PATIENCE);
    });
  }
  if (told.identity) mark = subject(told.identity);
  if (users && (!framed || host === location.origin)) await ask();
  return settle();
}

/** Somebody else may have logged in since, and be met in another tab already. */
async function meetAgain() {
  const earlier = mark;
  await ask();
  if (mark === earlier) return;
  if (isOwn()) location.reload();
  else startAfresh();
}

/** @param {Chat} chat */
export function serve(chat) {
  document.body.addEventListener("htmx:configRequest", (event) => {
    const { elt, headers } = /** @type {CustomEvent} */ (event).detail;
    if (told.identity) headers["X-Chat-Identity"] = told.identity;
    const owner = kept().who ?? "";
    if (!elt.matches("form.message") || owner === mark) return;
    keep(owner ? { ...NOTHING, who: mark } : { who: mark });
    keepWords();
    lastOwner = mark;
    if (owner) delete headers["X-Session-Token"];
  });
  on("page", ({ identity }) => {
    if (typeof identity !== "string" || isKnown || subject(identity) === mark) return;
    const earlier = mark;
    mark = subject(identity);
    if (settle() && !earlier) chat.resume();
    else leave();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && asked && Date.now() - asked > FRESH_FOR) meetAgain();
  });
  window.addEventListener("storage", () => {
    const owner = kept().who ?? "";
    if (asked && owner !== lastOwner && owner !== mark) meetAgain();
    lastOwner = owner;
  });

  /** @type {Record<string, (value: unknown) => void>} */
  const methods = {
    send(value) {
      if (typeof value !== "string" || !value.trim()) {
        console.warn("[chatwidget] ChatWidget.send takes a text that is not blank.");
      } else if (!chat.send(value.trim())) {
        post("event", { name: "error", detail: { code: "not_sent" } });
      }
    },
    newChat() {
      chat.show("", true);
      // Words that follow at once begin it themselves.
      setTimeout(chat.begin);
    },
    logout() {
      delete told.identity;
      mark = "";
      startAfresh();
    },
  };
  /** @param {Call} call */
  return ({ method, values }) => {
    if (Object.hasOwn(methods, method)) methods[method]?.(values[0]);
  };
}
