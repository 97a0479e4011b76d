/**
 * The work before a chat starts (`chatwidget/work.py` says what it is), on pages of widgets that
 * ask for it. The browser's own PBKDF2 does it, beside the page, when the visitor sends.
 */
import { kept } from "./keep.js";

const HEADER = "X-Chat-Work";
const BATCH = 32;
const encoder = new TextEncoder();

/** What the next start shows; kept until an answer came. */
let proof = "";
let wanted = false;

async function work() {
  const answer = await fetch(document.body.dataset.work ?? "", { cache: "no-store" });
  const { challenge, bits, rounds: iterations } = await answer.json();
  const secret = encoder.encode(challenge);
  const key = await crypto.subtle.importKey("raw", secret, "PBKDF2", false, ["deriveBits"]);
  /** @param {number} number */
  const solves = async (number) => {
    const salt = encoder.encode(String(number));
    const way = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
    const found = await crypto.subtle.deriveBits(way, key, 32);
    return new DataView(found).getUint32(0) < 2 ** (32 - bits);
  };
  for (let first = 0; ; first += BATCH) {
    const numbers = Array.from({ length: BATCH }, (_, place) => first + place);
    const solved = (await Promise.all(numbers.map(solves))).indexOf(true);
    if (solved >= 0) return `${challenge}.${first + solved}`;
  }
}

// Before all others, who then are asked as if nothing had been.
document.addEventListener("htmx:confirm", async (event) => {
  const { verb, issueRequest } = /** @type {CustomEvent} */ (event).detail;
  if (verb !== "post" || proof || (kept().token && !wanted)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // What can't be done is refused by the server, in words.
  proof = await work().catch(() => "-");
  issueRequest();
}, true);

document.addEventListener("htmx:configRequest", (event) => {
  const { verb, headers } = /** @type {CustomEvent} */ (event).detail;
  if (verb === "post" && proof) headers[HEADER] = proof;
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { requestConfig, xhr } = /** @type {CustomEvent} */ (event).detail;
  // What was lost on its way is sent again with the same work.
  if (requestConfig.verb !== "post" || !xhr.status) return;
  proof = "";
  wanted = /work_required/.test(xhr.getResponseHeader("X-Chat-Events") ?? "");
});
