/** How the chat begins: once it is known who the visitor is. */
import { close } from "./around.js";
import { connect, framed, on } from "./bridge.js";
import { send } from "./bubbles.js";
import { OUTGOING, PENDING, askForSeed, chat, log, takeUp } from "./chat.js";
import { focusComposer, newId, onSend, restore } from "./composer.js";
import { ready } from "./keep.js";
import { follow } from "./log.js";
import { part } from "./parts.js";

const UNMET = 2000;

/** @param {string} text */
function sendForPage(text) {
  if (log.querySelector(`${PENDING}, ${OUTGOING}:not(.failed)`)) return false;
  send(text, newId());
  return true;
}

/** Go on where an earlier page was. */
function goOn() {
  restore();
  takeUp();
}

/** @type {any} */
let answer;

/** What serves the page around the chat, and knows who the visitor is. */
async function withHost() {
  const host = await part("host");
  answer ??= host?.serve({ send: sendForPage, resume: goOn, begin: askForSeed, show: chat.show });
  return host;
}
const asksWho = "who" in document.body.dataset;
/** Whether what is kept is this visitor's own: known before anything is shown or sent. */
const met = asksWho ? ready.then(meet) : ready.then(() => true);
chat.met = met;

/** However long the network is away: nobody is taken for somebody unasked. */
async function meet() {
  let host = await withHost();
  while (!host) {
    await new Promise((resolve) => {
      setTimeout(resolve, UNMET);
    });
    host = await withHost();
  }
  const isOwn = await host.meet();
  // What is written until then is kept, and goes with the rest if it's somebody else's.
  chat.isOwn = host.isOwn;
  return isOwn;
}

if (asksWho) {
  document.body.addEventListener("htmx:confirm", async (event) => {
    event.preventDefault();
    await met;
    /** @type {CustomEvent} */ (event).detail.issueRequest(true);
  });
}

async function begin() {
  if (await met) goOn();
  askForSeed();
}

onSend(send);
follow(log);
on("call", async (call) => {
  await withHost();
  await met;
  answer?.(call);
});
on("hello", ({ inline }) => {
  close.hidden = Boolean(inline);
});
on("opened", ({ focus }) => {
  if (focus) focusComposer();
});
connect(document.body.dataset.widget ?? "");
if (!framed && matchMedia("(hover: hover)").matches) focusComposer();
document.addEventListener("DOMContentLoaded", begin);
