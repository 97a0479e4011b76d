/**
 * What htmx asks and gets: the token goes along, a lost answer is asked for again, and what is none
 * of our fragments is not shown.
 */
import { post, told } from "./bridge.js";
import { ASKING, OUTGOING, awaitAnswers, chat, htmx, log, onHtmx, refresh, status, withLater } from "./chat.js";
import { kept } from "./keep.js";
import { part } from "./parts.js";

const EARLIER = "#earlier, .more";
const TOKEN = "X-Session-Token";
const FRAGMENT = "X-Chat-Fragment";
const EVENTS = "X-Chat-Events";
const LONGEST_WAIT = 30000;
const SETTLED = 500;

/** Ask again later for what the network didn't bring. @param {HTMLElement} element */
function askLater(element) {
  const tries = Number(element.dataset.tries ?? 0);
  element.dataset.tries = String(tries + 1);
  if (element.matches("#earlier")) element.classList.add("notice");
  (element.querySelector(".progress") ?? element).textContent = status.dataset.lost ?? "";
  setTimeout(() => htmx.trigger(element, "resume"), Math.min(1000 * 2 ** tries, LONGEST_WAIT));
}

/** Nothing of ours came back. @param {HTMLElement} element */
function lose(element) {
  if (element.matches(`${ASKING}, ${EARLIER}`)) askLater(element);
  else if (element.matches(OUTGOING)) element.classList.add("failed");
  refresh();
}

onHtmx("configRequest", ({ elt, headers, parameters }) => {
  const { token } = kept();
  chat.shown = token ?? "";
  if (token) headers[TOKEN] = token;
  if (!elt.matches(OUTGOING)) return;
  elt.classList.remove("failed");
  if (told.page) parameters.context = JSON.stringify(told.page);
  refresh();
});

onHtmx("beforeSwap", (detail) => {
  const { elt, xhr } = detail;
  detail.shouldSwap = xhr.getResponseHeader(FRAGMENT) !== null;
  if (!detail.shouldSwap) {
    lose(elt);
    return;
  }
  for (const event of (xhr.getResponseHeader(EVENTS) ?? "").split(" ").filter(Boolean)) {
    const [name, code] = event.split(":");
    post("event", { name, detail: { code } });
  }
  const token = xhr.getResponseHeader(TOKEN);
  if (token !== null) chat.adopt(token);
});

onHtmx("afterRequest", ({ elt, xhr }) => {
  awaitAnswers();
  refresh();
  if (log.querySelector(ASKING)) part("waiting");
  if (kept().unsure || log.querySelector("form .watch")) {
    const arrived = xhr.getResponseHeader("HX-Reswap") === "afterend" && elt.closest("form");
    part("unsure").then((unsure) => {
      unsure?.note(chat, arrived);
      refresh();
    });
  }
  if (/received/.test(xhr.getResponseHeader(EVENTS) ?? "")) setTimeout(withLater, SETTLED);
});
onHtmx("sendError", ({ elt }) => lose(elt));
onHtmx("timeout", ({ elt }) => lose(elt));
