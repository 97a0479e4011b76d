/** The log: it follows what comes unless the reader is elsewhere, and tells the reader's own time. */

const scroller = /** @type {HTMLElement} */ (document.getElementById("scroller"));
const pill = /** @type {HTMLElement} */ (document.getElementById("pill"));
const NEAR = 48;

/** Where the end was at the last look: a reader who is there has not gone elsewhere since. */
let end = 0;

/** The focus that it may have stays in the log. */
function hidePill() {
  if (document.activeElement === pill) scroller.focus();
  pill.hidden = true;
}

export function toEnd() {
  scroller.scrollTop = scroller.scrollHeight;
  end = scroller.scrollTop;
  hidePill();
}

/** Follow to the end, or to the start of a message that is taller than the view.
 * @param {HTMLElement} log @param {boolean} [isNew] whether there is something to read */
function catchUp(log, isNew) {
  const last = log.lastElementChild;
  const wasAtEnd = end - scroller.scrollTop < NEAR;
  end = scroller.scrollHeight - scroller.clientHeight;
  if (!wasAtEnd && isNew) pill.hidden = false;
  if (!wasAtEnd || !log.querySelector(".message")) return;
  const start = last instanceof HTMLElement && last.matches(".message") ? last.offsetTop - 16 : end;
  scroller.scrollTop = Math.min(start, end);
}

/** @param {HTMLTimeElement} time */
function localise(time) {
  const moment = new Date(time.dateTime);
  const today = moment.toDateString() === new Date().toDateString();
  const day = today ? {} : /** @type {const} */ ({ day: "numeric", month: "short" });
  time.textContent = moment.toLocaleString(document.documentElement.lang, {
    ...day,
    hour: "numeric",
    minute: "2-digit",
  });
}

/** Dots that were drawn anew go on where the last ones were. @param {Element} dot */
function keepBreathing(dot) {
  for (const animation of dot.getAnimations()) animation.startTime = 0;
}

/** @param {Node} node */
const isAnswer = (node) => node instanceof Element && node.matches(".message:not(.pending, .own)");

/** @param {HTMLElement} log */
export function follow(log) {
  new MutationObserver((changes) => {
    log.querySelectorAll("time:not([data-local])").forEach((time) => {
      localise(/** @type {HTMLTimeElement} */ (time));
      time.setAttribute("data-local", "");
    });
    log.querySelectorAll(".dots i").forEach(keepBreathing);
    const isNew = changes.some(({ target, addedNodes }) =>
      target === log && [...addedNodes].some(isAnswer));
    catchUp(log, isNew);
  }).observe(log, { childList: true, subtree: true });
  pill.addEventListener("click", toEnd);
  scroller.addEventListener("scroll", () => {
    if (end - scroller.scrollTop < NEAR) hidePill();
  });
  new ResizeObserver(() => catchUp(log)).observe(scroller);
}
