/**
 * Where the chat stands: in an element of the page or beside its body, in a corner that the visitor
 * chooses, over a page that stays where it is.
 *
 * @typedef {import("./window.js").It} It
 */
import { words } from "./words.js";

/** Do without what a page chose and can't be, and say so. @param {It} it */
function check(it) {
  const { icon, launcher } = it.options;
  if (launcher && !it.attempt(() => document.querySelector(launcher))) {
    it.warn(`data-launcher="${launcher}" is not on this page.`);
  }
  if (icon !== it.config.options.icon && !/^\s*m\s*[-.\d]/i.test(icon)) {
    it.warn(`data-icon="${icon}" is no SVG path.`);
    it.given = { ...it.given, icon: it.config.options.icon };
    it.place();
  }
}

/** Stand in an element of the page, or beside its body. @param {It} it */
export function settle(it) {
  check(it);
  const isInline = it.options.mode === "inline";
  const target = isInline && it.attempt(() => document.querySelector(it.options.target));
  if (isInline && !target) it.warn(`data-target="${it.options.target}" is not on this page.`);
  const place = target || document.documentElement;
  it.element.toggleAttribute("inline", Boolean(target));
  it.element.toggleAttribute("full", it.options.mode === "full");
  if (!target && isInline) it.all.dataset.mode = "bubble";
  if (it.element.parentNode !== place) place.append(it.element);
  else if (target && !it.isOpen) it.show();
}

/** Let the visitor move the launcher; what moves it comes with the first try. @param {It} it */
export function letMove(it) {
  const { launcher } = it;
  /** @type {Promise<void | ((event?: Event) => void)> | undefined} */
  let coming;
  const mover = () =>
    (coming ??= import("./move.js").then(({ default: make }) => make(it), () => {
      coming = undefined;
    }));
  /** @param {any} event */
  const tried = async (event) => {
    const isArrow = /^Arrow/.test(event.key);
    if (isArrow) event.preventDefault();
    if (isArrow || event.buttons === 1) (await mover())?.(event);
  };
  // The chat has a button for it: who can't drag has a way, too (WCAG 2.5.7).
  it.heard.move = async () => (await mover())?.();
  launcher.title = words.move;
  launcher.setAttribute("aria-keyshortcuts", "ArrowUp ArrowDown ArrowLeft ArrowRight");
  launcher.addEventListener("pointermove", tried);
  launcher.addEventListener("keydown", tried);
}

/** Close on Escape, and fit a phone's screen. @param {It} it */
export function watchPage(it) {
  const { close, dialog, element } = it;
  const view = window.visualViewport;
  const fit = () => {
    it.drawn?.();
    // Zoomed in, the visitor moves over the window; the keyboard makes it smaller.
    if (!view || view.scale > 1.01) return;
    dialog.style.setProperty("--top", `${view.offsetTop}px`);
    dialog.style.setProperty("--height", `${view.height}px`);
  };
  /** @param {KeyboardEvent} event */
  const escape = (event) => {
    const focused = document.activeElement;
    const ours = !focused || focused === document.body || focused === element;
    if (event.key === "Escape" && ours && !event.defaultPrevented) close();
  };
  return () => {
    document.addEventListener("keydown", escape, it);
    view?.addEventListener("resize", fit, it);
    view?.addEventListener("scroll", fit, it);
    fit();
  };
}

/** Hold the page behind a chat that fills the screen; what does it comes with the first one. @param {It} it */
export function holdPage(it) {
  const small = matchMedia("(max-width:479.98px),(max-height:479.98px)");
  it.drawn = () => {
    if (it.isOpen && (it.options.mode === "full" || small.matches)) {
      import("./hold.js").then(({ default: make }) => make(it, small), () => {});
    }
  };
}
