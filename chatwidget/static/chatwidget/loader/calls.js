/**
 * The page's calls, answered here or in the chat, and what happens there, told to the page.
 *
 * @typedef {import("./window.js").It} It
 */
import { focusFrame } from "./frame.js";
import { settle } from "./standing.js";

const EVENTS =
  "ready, open, close, session-started, message-before-send, message-sent, message-received, unread, session-ended, error";

/** Answer the page's calls, here or in the chat, and tell the page what happens there. @param {It} it */
export function serveApi(it) {
  const { draw, post, tell, warn } = it;
  /** @type {unknown} */
  let context = null;
  /** @type {unknown} */
  let identity;
  let unread = 0;

  /** Show how many came since the chat was last open. @param {number} count */
  const badge = (count) => {
    unread = count;
    it.badge = count ? ` (${count})` : "";
    if (count) it.launcher.dataset.unread = String(count);
    else delete it.launcher.dataset.unread;
    draw();
  };

  /** Where the visitor is, which may have changed without a load. */
  const tellPage = () => {
    const { origin, pathname, search } = location;
    const url = origin + pathname + (it.config.query ? search : "");
    post("page", { page: { .../** @type {object} */ (context ?? {}), url, title: document.title }, identity });
  };

  /** @type {Record<string, (...values: any[]) => void>} */
  const here = {
    on(type, callback) {
      if (!EVENTS.split(", ").includes(type)) warn(`ChatWidget.on: ${String(type)} is none of ${EVENTS}.`);
      else if (typeof callback !== "function") warn("ChatWidget.on takes a name and a function.");
    },
    setContext(values) {
      // A copy: what can't be sent to the chat (an element, a proxy) would keep all else from it.
      const copy = it.attempt(() => JSON.parse(JSON.stringify(values)));
      if (values === null || typeof (copy ?? 0) === "object") context = copy;
      else warn("ChatWidget.setContext takes null or an object that JSON can hold.");
    },
    identify(token) {
      if (typeof token !== "string") warn(`ChatWidget.identify takes a signed token, not ${typeof token}.`);
      else identity = token;
    },
    update(changes) {
      const unknown = Object.keys(changes ?? {}).filter((name) => !Object.hasOwn(it.RULES, name));
      for (const name of unknown) {
        warn(`ChatWidget.update: ${name} is none of ${Object.keys(it.RULES).join(", ")}.`);
      }
      it.given = { ...it.given, ...changes };
      it.place();
      settle(it);
      draw();
    },
  };
  const takeCalls = () => {
    const { calls } = it;
    it.calls = [];
    for (const call of calls) {
      if (here[call.method]) here[call.method]?.(...call.values);
      else it.calls.push(call);
      if (call.method === "logout") identity = null;
    }
    if (it.calls.length) it.load();
  };

  it.flush = () => {
    takeCalls();
    if (unread && it.isOpen) badge(0);
    if (it.state !== "ready") return;
    tellPage();
    // A page may have them as listeners, and an event can't be sent to the chat.
    for (const { method, values } of it.calls) {
      post("call", { method, values: values.filter((value) => typeof value === "string") });
    }
    it.calls = [];
    if (it.isOpen) post("opened", { focus: focusFrame(it) });
  };
  it.heard.event = ({ name, detail }) => {
    tell(String(name), detail);
    if (name !== "message-received" || it.isOpen) return;
    badge(unread + 1);
    tell("unread", { count: unread });
  };
  return () => window.addEventListener("blur", tellPage, it);
}
