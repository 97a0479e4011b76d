/**
 * The launcher and the window around the chat, in a shadow root, and how they look by their state.
 *
 * @typedef {{open: string, close: string}} Words
 * @typedef {{
 *   id: string, title: string, lang: string, dir: string, colours: string, words: Words,
 *   options: Record<string, string>, query?: 1, allow?: string, own?: Record<string, object>,
 *   greeting?: {delay: number, paths: string},
 * }} Config
 * @typedef {Record<string, any>} Data
 * @typedef {{
 *   id: string, key: string, address: URL, config: Config, given: Data, options: Record<string, any>,
 *   RULES: Record<string, string>,
 *   element: HTMLElement, root: ShadowRoot, all: HTMLElement, dialog: HTMLElement,
 *   launcher: HTMLElement, opener: HTMLElement, frame: HTMLIFrameElement | null,
 *   loaded?: HTMLIFrameElement | null, state: "" | "loading" | "ready" | "failed", isOpen: boolean,
 *   wantsFocus: boolean, badge: string, greets?: boolean, calls: {method: string, values: any[]}[], signal: AbortSignal, listening: AbortController | null,
 *   heard: Record<string, (data: Data) => unknown>, api: Record<string, (...values: any[]) => any> & { widgets?: any },
 *   hello: () => Data, flush: () => void, connected: () => void, drawn?: () => void,
 *   attempt: <T>(action: () => T) => T | null, warn: (text: string) => void,
 *   make: (name: string, attributes: Record<string, string>, ...children: (Node | string)[]) => HTMLElement,
 *   draw: () => void, place: () => void, load: () => void, show: () => void, close: () => void,
 *   post: (type: string, data?: object) => void, tell: (type: string, detail?: unknown) => unknown,
 * }} It what the parts of the loader share, those that come later too
 */
import { attempt, make } from "./making.js";
import { address, config, given, id, title, words } from "./tag.js";

export const NAME = "chat-widget";

const element = make(NAME, { widget: id });
const root = element.attachShadow({ mode: "open" });
export const sheet = new CSSStyleSheet();
const dialog = make("div", { class: "window", role: "dialog", "aria-label": title, id: "window" });
const launcher = make("button", {
  class: "launcher",
  "aria-haspopup": "dialog",
  "aria-controls": "window",
});
const all = make("div", { class: "all", lang: config.lang, dir: config.dir }, dialog, launcher);
root.adoptedStyleSheets = [sheet];
root.append(all);

export const it = /** @type {It} */ (
  /** @type {unknown} */ ({
    ...{ id, address, config, given, element, root, all, dialog, launcher },
    key: `chatwidget:${id}`,
    opener: launcher,
    options: {},
    state: "",
    isOpen: false,
    badge: "",
    listening: null,
    // Listeners take it for their options: they end when the element is taken out, of which a
    // browser tells it from the first of them on.
    get signal() {
      if (!customElements.get(NAME)) {
        customElements.define(
          NAME,
          class extends HTMLElement {
            // A copy that a router cloned has neither.
            connectedCallback() {
              /** @type {any} */ (this).joined?.();
            }
            disconnectedCallback() {
              /** @type {any} */ (this).left?.();
            }
          },
        );
      }
      return (it.listening ??= new AbortController()).signal;
    },
    calls: [],
    hello: () => ({}),
    flush() {},
    connected() {},
  })
);

/** @returns {HTMLElement | null} */
export const ownLauncher = () => attempt(() => document.querySelector(it.options.launcher));

/** @param {Event} event */
const clicked = ({ target }) => {
  if (ownLauncher()?.contains(/** @type {Node} */ (target))) it.api.toggle?.();
};

export const draw = () => {
  const { isOpen, state, badge, options } = it;
  const name = options.label ? `${options.label}: ${title}` : words.open;
  element.toggleAttribute("open", isOpen);
  dialog.setAttribute("data-state", state);
  launcher.setAttribute("aria-label", isOpen ? words.close : name + badge);
  const own = ownLauncher();
  if (options.launcher) document.addEventListener("click", clicked, it);
  launcher.toggleAttribute("hidden", Boolean(own));
  for (const button of [launcher, own]) button?.setAttribute("aria-expanded", String(isOpen));
  it.drawn?.();
};

/** @param {string} type @param {unknown} [detail] */
export const tell = (type, detail) =>
  element.dispatchEvent(new CustomEvent(`chatwidget:${type}`, { bubbles: true, detail }));

export { all, dialog, element, launcher };
