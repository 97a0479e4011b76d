/**
 * The greeting beside the launcher of a widget that has one: it comes when its time has come, on its
 * paths, and never again to whom dismissed it. `loading.py` puts its words and `greeting.css` in.
 *
 * @typedef {import("./window.js").It} It
 */
const words = /** @type {Record<"text" | "dismiss", string>} */ (/** @type {unknown} */ ("__CHATWIDGET_WORDS__"));
const styles = "__CHATWIDGET_greeting.css__";
/** Those that did, for a router brings the loader here again. @type {WeakSet<It>} */
const greeted = new WeakSet();

/** Greet the visitor, unless they came first. @param {It} it */
export default function greet(it) {
  const { all, api, attempt, element, key, make, root } = it;
  if (it.isOpen || !it.greets || !element.isConnected || greeted.has(it)) return;
  greeted.add(it);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const hello = make("button", { type: "button" }, words.text);
  const dismiss = make("button", { type: "button", "aria-label": words.dismiss }, "×");
  const bubble = make("div", { class: "greeting", role: "status" }, hello, dismiss);
  const end = () => {
    attempt(() => localStorage.setItem(`${key}:greeted`, "1"));
    bubble.remove();
  };
  dismiss.addEventListener("click", end);
  hello.addEventListener("click", () => api.open?.());
  element.addEventListener("chatwidget:open", end);
  /** @type {any} */ (window).navigation?.addEventListener(
    "currententrychange",
    () => {
      bubble.hidden = !it.greets;
    },
    it,
  );
  all.append(bubble);
}
