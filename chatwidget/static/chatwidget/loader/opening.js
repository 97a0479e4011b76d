/** The chat in its frame: loaded at the first act, opened, closed, and listened to. */
import { attempt, make } from "./making.js";
import { dress } from "./placing.js";
import { languages, need } from "./rest.js";
import { address, id, title } from "./tag.js";
import { all, dialog, draw, element, it, launcher, ownLauncher, tell } from "./window.js";

export const openKey = `${it.key}:open`;

/** @param {string} type @param {object} [data] */
export const post = (type, data) => {
  if (it.state !== "ready") return;
  it.frame?.contentWindow?.postMessage({ ...data, chatwidget: id, type }, address.origin);
};

/** @param {MessageEvent} event */
const hear = ({ data, origin, source }) => {
  if (source !== it.frame?.contentWindow || origin !== address.origin) return;
  if (data?.chatwidget === id) it.heard[data.type]?.(data);
};

export const load = () => {
  need();
  if (it.frame) return;
  const allow = it.config.allow ?? "clipboard-write";
  it.frame = /** @type {HTMLIFrameElement} */ (
    make("iframe", { title, allow, src: address.href + languages() })
  );
  it.state = "loading";
  // What watches it comes later; an error page may be here at once.
  it.frame.onload = () => (it.loaded = it.frame);
  dialog.append(it.frame);
  window.addEventListener("message", hear, it);
  dress();
  draw();
};

export const show = () => {
  it.isOpen = true;
  load();
  draw();
  it.flush();
};

export const open = () => {
  if (it.isOpen) return;
  // A page may open it by itself; only a visitor's act stores anything or moves the focus.
  if (navigator.userActivation?.isActive ?? true) {
    attempt(() => localStorage.setItem(openKey, "1"));
    attempt(() => sessionStorage.setItem(openKey, "1"));
    it.wantsFocus = true;
    it.opener = ownLauncher() || launcher;
  }
  show();
  tell("open");
};

export const close = () => {
  if (!it.isOpen || all.dataset.mode === "inline") return;
  const wasWithin = document.activeElement === element;
  attempt(() => sessionStorage.removeItem(openKey));
  it.isOpen = false;
  post("closed");
  draw();
  if (wasWithin) it.opener.focus({ preventScroll: true });
  tell("close");
};

export const toggle = () => (it.isOpen ? close() : open());

const welcome = async () => {
  await need();
  it.state = "ready";
  draw();
  post("hello", { open: it.isOpen, ...it.hello() });
  it.flush();
};

// Strangers choose the name: it has no prototype.
it.heard = /** @type {any} */ ({ __proto__: null, ready: welcome, close });
