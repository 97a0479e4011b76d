/**
 * Behind a chat that fills the screen the page stays where it is, and nothing there takes the focus
 * (WCAG 2.4.11). It comes with the first such chat.
 *
 * @typedef {import("./window.js").It} It
 */
const STILL = "html:has(>chat-widget[open]){overflow:hidden!important}";
const still = new CSSStyleSheet();
/** Those that do, for each drawing asks until it is here. @type {WeakSet<It>} */
const holding = new WeakSet();

/** @param {It} it @param {MediaQueryList} small where a window fills the screen */
export default function hold(it, small) {
  if (holding.has(it)) return;
  holding.add(it);
  still.replaceSync(`@media ${small.media}{${STILL}}${STILL.replace("[open]", "[open][full]")}`);
  if (!document.adoptedStyleSheets.includes(still)) document.adoptedStyleSheets.push(still);

  const { dialog, element, id } = it;
  const { documentElement } = document;
  /** @type {AbortSignal | undefined} */
  let signal;
  const router = new MutationObserver(() => it.drawn?.());
  const cover = () => {
    const { body } = document;
    const fills = small.matches || element.hasAttribute("full");
    const covers = it.isOpen && fills && element.parentNode === documentElement;
    // Until the chat is there, the launcher closes it.
    dialog.setAttribute("aria-modal", String(covers && it.state === "ready"));
    // It bears our name: a page may have set its own, and a router keeps copies of its bodies.
    if (covers && !body.inert) body.setAttribute("inert", id);
    if (!covers && body.getAttribute("inert") === id) body.removeAttribute("inert");
    if (!element.isConnected || signal === it.signal) return;
    ({ signal } = it);
    router.observe(documentElement, { childList: true });
    signal.addEventListener("abort", () => {
      router.disconnect();
      it.drawn?.();
    });
  };
  it.drawn = cover;
  cover();
}
