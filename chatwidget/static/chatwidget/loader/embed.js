/**
 * The loader: a launcher in a shadow root and, from the first act on, the chat page in an iframe.
 * `loading.py` joins it with what it imports to one script for a tag, puts the widget's config and
 * `embed.css` in, and strips these comments. What a closed launcher doesn't need is in `more.js`,
 * which comes with the chat.
 */
import { attempt, make, warn } from "./making.js";
import { close, hear, load, open, post, show, toggle } from "./opening.js";
import { RULES, place } from "./placing.js";
import { need, part } from "./rest.js";
import { address, config, id, page } from "./tag.js";
import { NAME, draw, element, it, launcher, ownLauncher, tell } from "./window.js";

Object.assign(it, { RULES, attempt, warn, make, draw, place, load, show, close, post, tell });
it.api = {
  open,
  close,
  toggle,
  destroy() {
    element.remove();
    const { widgets } = page.ChatWidget || {};
    if (widgets?.[id] !== it.api) return;
    delete widgets[id];
    const [next] = Object.values(widgets);
    if (next) page.ChatWidget = Object.assign(next, { widgets });
    else delete page.ChatWidget;
  },
  on: (type, callback) => element.addEventListener(`chatwidget:${type}`, callback),
  off: (type, callback) => element.removeEventListener(`chatwidget:${type}`, callback),
  push: ([method, ...values]) =>
    it.api[method]
      ? it.api[method]?.(...values)
      : warn(`ChatWidget.${method} is no method.`),
};
for (const method of ["send", "setContext", "identify", "logout", "newChat", "update"]) {
  it.api[method] = (...values) => {
    it.calls.push({ method, values });
    // What the page says of itself and its visitor waits until there is a chat.
    if (method.length < 8) need().then(() => it.flush());
  };
}

launcher.addEventListener("click", toggle);
launcher.addEventListener("pointerenter", load);
launcher.addEventListener("focus", load);
let listening = new AbortController();
element.addEventListener("connected", () => {
  listening = new AbortController();
  // Listeners take it for their options: they end by its signal.
  it.signal = listening.signal;
  window.addEventListener("message", hear, it);
  document.addEventListener(
    "click",
    ({ target }) => {
      if (ownLauncher()?.contains(/** @type {Node} */ (target))) toggle();
    },
    it,
  );
  it.connected();
  draw();
  if (attempt(() => sessionStorage.getItem(`${it.key}:open`))) show();
});
element.addEventListener("disconnected", () => {
  listening.abort();
  it.frame?.remove();
  it.frame = null;
  it.state = "";
  it.isOpen = false;
});

const mount = () => {
  const twin = document.querySelector(`${NAME}[widget="${id}"]`);
  // A copy that a router cloned has no shadow root: it is dead.
  if (twin?.shadowRoot) return;
  twin?.remove();
  const early = page.ChatWidget;
  if (!early?.widgets) page.ChatWidget = Object.assign(it.api, { widgets: {} });
  page.ChatWidget.widgets[id] = it.api;
  place();
  // Beside the body, which routers swap.
  document.documentElement.append(element);
  if (Array.isArray(early)) early.forEach(/** @type {(call: any) => void} */ (it.api.push));
  tell("ready");

  // greeting: (only for a widget that may have one)
  const { greeting } = config;
  const greet = () => {
    if (!greeting || attempt(() => localStorage.getItem(`${it.key}:greeted`))) return;
    const here = location.pathname;
    /** @param {string} path */
    const fits = (path) => here === path || (path.endsWith("*") && here.startsWith(path.slice(0, -1)));
    it.greets = !greeting.paths[0] || greeting.paths.some(fits);
    if (it.greets) setTimeout(() => part("greeting.js"), greeting.delay * 1000);
  };
  greet();
  // A router changes the address and loads nothing.
  page.navigation?.addEventListener("currententrychange", greet, it);
  // :greeting
};

if (address) {
  if (document.body) mount();
  else document.addEventListener("DOMContentLoaded", mount);
}
