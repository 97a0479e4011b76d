/**
 * Behind a chat that fills the screen the page stays where it is, and nothing there takes the focus
 * (WCAG 2.4.11). What the page shows above the chat, such as a question about cookies, can be used.
 * It comes with the first such chat.
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

  const { dialog, element, launcher } = it;
  /** @type {AbortSignal | undefined} */
  let signal;
  let isMoving = false;
  const covers = () =>
    it.isOpen &&
    (small.matches || element.hasAttribute("full")) &&
    element.parentNode === document.documentElement;
  /** @param {Element | null} focused */
  const take = (focused) => {
    // A page that takes the focus back at once may have it.
    if (!focused || focused === element || focused === document.body || isMoving) return;
    const { left, top, width, height } = focused.getBoundingClientRect();
    const above = document.elementFromPoint(left + width / 2, top + height / 2);
    if (above && above !== element) return;
    isMoving = true;
    // Until the chat is there, the launcher closes it.
    (it.state === "ready" && it.frame ? it.frame : launcher).focus({ preventScroll: true });
    isMoving = false;
  };
  const cover = () => {
    const isModal = covers() && it.state === "ready";
    dialog.setAttribute("aria-modal", String(isModal));
    if (isModal) take(document.activeElement);
    if (!element.isConnected || signal === it.signal) return;
    ({ signal } = it);
    /** @param {FocusEvent} event */
    const within = ({ target }) => covers() && take(/** @type {Element} */ (target));
    document.addEventListener("focusin", within, { signal });
  };
  it.drawn = cover;
  cover();
}
