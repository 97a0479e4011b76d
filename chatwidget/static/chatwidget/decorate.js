/** The log's days in the reader's own calendar, groups that rest out of sight, and copies of code. */

const { copy = "", copied = "", today = "" } = document.getElementById("log")?.dataset ?? {};
const format = new Intl.DateTimeFormat(document.documentElement.lang, {
  weekday: "long",
  day: "numeric",
  month: "long",
});
const NOTED = 2000;

/** @param {Element} message */
function dayOf(message) {
  const time = message.querySelector("time");
  return time ? new Date(time.dateTime).toDateString() : "";
}

/** @param {HTMLElement} log */
function separate(log) {
  let earlier = "";
  const now = new Date().toDateString();
  for (const message of log.querySelectorAll(".message:not([data-day=''])")) {
    const day = message.getAttribute("data-day") ?? dayOf(message);
    if (!message.hasAttribute("data-day")) message.setAttribute("data-day", day);
    if (!day) continue;
    const before = message.previousElementSibling;
    const isMarked = before?.matches(".day") ?? false;
    const isNeeded = day !== earlier && (Boolean(earlier) || day !== now);
    if (isNeeded && !isMarked) {
      const line = document.createElement("p");
      line.className = "day";
      line.textContent = day === now ? today : format.format(new Date(day));
      message.before(line);
    } else if (isMarked && !isNeeded) before?.remove();
    earlier = day;
  }
}

/** Groups that were laid out rest where they are out of sight, as high as they are. @param {HTMLElement} log */
function rest(log) {
  const groups = /** @type {HTMLElement[]} */ ([...log.querySelectorAll(".past:not(.known)")]);
  const heights = groups.map((group) => group.getBoundingClientRect().height);
  groups.forEach((group, at) => {
    if (!heights[at]) return;
    group.style.containIntrinsicBlockSize = `auto ${heights[at]}px`;
    group.classList.add("known");
  });
}

/** @param {string} text */
async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A frame may lack the permission: the old way asks for none.
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}

/** @param {Element} code @param {(words: string) => void} say */
function addCopy(code, say) {
  const box = document.createElement("div");
  const button = document.createElement("button");
  box.className = "code";
  button.type = "button";
  button.textContent = copy;
  code.replaceWith(box);
  box.append(code, button);
  button.addEventListener("click", async () => {
    await toClipboard(code.textContent ?? "");
    button.focus();
    button.textContent = copied;
    say(copied);
    setTimeout(() => {
      button.textContent = copy;
      // So that a second copy is news again.
      if (document.getElementById("status")?.textContent === copied) say("");
    }, NOTED);
  });
}

/** @param {HTMLElement} log @param {(words: string) => void} say */
export function decorate(log, say) {
  const all = () => {
    separate(log);
    log.querySelectorAll(".message .content > pre").forEach((code) => addCopy(code, say));
    requestAnimationFrame(() => rest(log));
  };
  new MutationObserver(all).observe(log, { childList: true, subtree: true });
  all();
}
