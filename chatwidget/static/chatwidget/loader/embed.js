/**
 * The loader: a launcher in a shadow root and, from the first act on, the chat page in an iframe.
 * `loading.py` joins it with what it imports to one script for a tag, puts the widget's config,
 * `embed.css` and `window.css` in, and strips these comments. What a closed launcher doesn't need is
 * in `more.js`, which comes with the chat, or is done at the first act: all that it does before costs
 * every page of the site.
 */
import { attempt, make, warn } from "./making.js";
import { close, load, open, openKey, post, show, toggle } from "./opening.js";
import { RULES, place } from "./placing.js";
import { need, part } from "./rest.js";
import { address, config, id, page } from "./tag.js";
import { NAME, draw, element, it, launcher, tell } from "./window.js";

Object.assign(it, { RULES, attempt, warn, make, draw, place, load, show, close, post, tell });
/** Done, or found wrong, by what comes with the chat. @param {string} method @param {any[]} values */
const call = (method, ...values) => {
  it.calls.push({ method, values });
  it.flush();
};
const joined = () => {
  it.connected();
  draw();
  // The tab knows whether it is open here; it is asked only where it ever was.
  if (attempt(() => localStorage.getItem(openKey) && sessionStorage.getItem(openKey))) show();
};
const left = () => {
  it.listening?.abort();
  it.listening = null;
  it.frame?.remove();
  it.frame = null;
  it.state = "";
  it.isOpen = false;
};
Object.assign(element, { joined, left });

it.api = {
  open,
  close,
  toggle,
  destroy() {
    const { widgets } = it.api;
    element.remove();
    left();
    if (widgets[id] === it.api) delete widgets[id];
    if (page.ChatWidget === it.api) [page.ChatWidget] = Object.values(widgets);
  },
  on(type, callback) {
    attempt(() => element.addEventListener(`chatwidget:${type}`, callback));
    call("on", type, callback);
  },
  off: (type, callback) =>
    attempt(() => element.removeEventListener(`chatwidget:${type}`, callback)),
};
for (const method of ["send", "setContext", "identify", "logout", "newChat", "update"]) {
  it.api[method] = (...values) => {
    // What the page says of itself and its visitor waits until there is a chat.
    if (method.length < 8) need();
    call(method, ...values);
  };
}
const METHODS = Object.keys(it.api);
it.api.push = (named) => {
  const [method, ...values] = attempt(() => [...named]) || [];
  if (METHODS.includes(method)) it.api[method]?.(...values);
  else warn(`ChatWidget.push: ${method} is none of ${METHODS.join(", ")}.`);
};

launcher.addEventListener("click", toggle);
launcher.addEventListener("pointerenter", load);
launcher.addEventListener("focus", load);

const mount = () => {
  const twin = document.querySelector(`${NAME}[widget="${id}"]`);
  // A copy that a router cloned has no shadow root: it is dead.
  if (twin?.shadowRoot) return;
  twin?.remove();
  const early = page.ChatWidget;
  const widgets = (it.api.widgets = early?.widgets || {});
  if (!early?.widgets || early === widgets[id]) page.ChatWidget = it.api;
  widgets[id] = it.api;
  place();
  // Beside the body, which routers swap.
  document.documentElement.append(element);
  joined();
  if (Array.isArray(early)) early.forEach((each) => attempt(() => it.api.push?.(each)));
  tell("ready");

  // greeting: (only for a widget that may have one)
  const { greeting } = config;
  const greet = () => {
    if (!greeting || attempt(() => localStorage.getItem(`${it.key}:greeted`))) return;
    it.greets = RegExp(greeting.paths).test(location.pathname);
    if (it.greets) setTimeout(() => part("greeting.js", draw), greeting.delay * 1000);
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
