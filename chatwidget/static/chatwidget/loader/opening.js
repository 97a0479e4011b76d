/** The chat in its frame: loaded at the first act, opened, closed, and listened to. */
import { attempt, make } from "./making.js";
import { languages, need } from "./rest.js";
import { address, id, title } from "./tag.js";
import { all, dialog, draw, element, it, launcher, ownLauncher, tell } from "./window.js";

/** @param {string} type @param {object} [data] */
export const post = (type, data) => {
  if (it.state !== "ready") return;
  it.frame?.contentWindow?.postMessage({ ...data, chatwidget: id, type }, address.origin);
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
    attempt(() => sessionStorage.setItem(`${it.key}:open`, "1"));
    it.wantsFocus = true;
    it.opener = ownLauncher() || launcher;
  }
  show();
  tell("open");
};

export const close = () => {
  if (!it.isOpen || all.dataset.mode === "inline") return;
  const wasWithin = document.activeElement === element;
  attempt(() => sessionStorage.removeItem(`${it.key}:open`));
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

it.heard = { ready: welcome, close };

/** @param {MessageEvent} event */
export const hear = ({ data, origin, source }) => {
  if (source !== it.frame?.contentWindow || origin !== address.origin) return;
  if (data?.chatwidget === id && Object.hasOwn(it.heard, data.type)) it.heard[data.type]?.(data);
};
