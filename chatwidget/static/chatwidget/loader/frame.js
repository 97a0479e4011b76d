/**
 * What is between the page and its frame: words while it loads and where it doesn't, what the frame
 * can't keep for itself, the focus.
 *
 * @typedef {import("./window.js").It} It
 */
import { words } from "./words.js";

const PATIENCE = 10000;
const GRACE = 1000;
const LONGEST_KEPT = 4096;

/** Say when the chat is loading, and when it failed. @param {It} it */
export function watchLoading(it) {
  const { dialog, draw, make } = it;
  const retry = make("button", { type: "button" }, words.retry);
  const note = make("p", { role: "status" });
  let timer = 0;

  const unload = () => {
    it.frame?.remove();
    it.frame = null;
    it.state = "";
  };
  /** @param {number} delay milliseconds */
  const giveUpAfter = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (it.state !== "loading") return;
      // What the page asked for waits for a chat that is slow.
      if (!it.isOpen && it.calls.length && it.loaded !== it.frame) {
        giveUpAfter(delay);
        return;
      }
      it.tell("error", { code: "not_loaded" });
      it.state = "failed";
      note.textContent = words.failed;
      // What nobody saw fail the next act loads again.
      if (!it.isOpen) unload();
      draw();
    }, delay);
  };
  const watch = () => {
    if (!it.frame || it.state !== "loading") return;
    note.textContent = words.loading;
    giveUpAfter(it.loaded === it.frame ? GRACE : PATIENCE);
  };
  // The chat says that it is ready before it has loaded; an error page never does.
  dialog.addEventListener("load", () => giveUpAfter(GRACE), true);
  retry.addEventListener("click", () => {
    unload();
    it.load();
  });
  dialog.prepend(make("div", { class: "note" }, note, retry));
  new MutationObserver(watch).observe(dialog, { childList: true });
  watch();
}

/** Keep the chat for a frame whose own storage is blocked. @param {It} it */
export function keepForFrame(it) {
  const { attempt, key } = it;
  /** @type {string | null} */
  let kept = null;
  it.heard.keep = ({ value }) => {
    if (value === null) attempt(() => localStorage.removeItem(key));
    else if (typeof value !== "string" || value.length > LONGEST_KEPT) return;
    else attempt(() => localStorage.setItem(key, value));
    kept = value;
  };
  it.hello = () => ({
    kept: attempt(() => localStorage.getItem(key)) || kept,
    inline: it.options.mode === "inline",
  });
}

/** Move the focus into the chat once, unless the visitor went elsewhere. @param {It} it */
export function focusFrame(it) {
  const focused = document.activeElement;
  const elsewhere = focused && focused !== document.body && focused !== it.element && focused !== it.opener;
  const focus = it.wantsFocus && !elsewhere;
  it.wantsFocus = false;
  if (focus) it.frame?.focus({ preventScroll: true });
  return focus;
}
