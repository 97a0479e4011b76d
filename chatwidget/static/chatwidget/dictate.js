/** Speaking instead of typing, where the browser can write down what it hears. */

/**
 * @typedef {{ results: ArrayLike<ArrayLike<{ transcript: string }> & { isFinal: boolean }> }} Heard
 * @typedef {{ lang: string, continuous: boolean, interimResults: boolean, start: () => void,
 *   stop: () => void, abort: () => void, onresult: ((event: Heard) => void) | null, onend: (() => void) | null,
 *   onerror: ((event: { error: string }) => void) | null }} Listener
 */
const { SpeechRecognition, webkitSpeechRecognition } = /** @type {any} */ (window);
/** @type {(new () => Listener) | undefined} */
const Recognition = SpeechRecognition ?? webkitSpeechRecognition;
const button = /** @type {HTMLElement} */ (document.getElementById("dictate"));
const field = /** @type {HTMLTextAreaElement} */ (document.getElementById("typed"));
const hint = /** @type {HTMLElement} */ (document.getElementById("refusal"));
const SILENT = ["aborted"];
const REFUSED = ["not-allowed", "service-not-allowed", "audio-capture"];

/** @type {Listener | null} */
let listener = null;

/** @param {Listener | null} now */
function turn(now) {
  listener = now;
  button.setAttribute("aria-pressed", String(Boolean(now)));
}

/** @param {string} text */
function write(text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** @param {new () => Listener} Made */
function listen(Made) {
  const made = new Made();
  let before = field.value.trim();
  let written = field.value;
  /** How many results were heard, and how many of them the field had before it was changed by hand. */
  let heard = 0;
  let settled = 0;
  made.lang = document.documentElement.lang;
  made.continuous = true;
  made.interimResults = true;
  made.onresult = ({ results }) => {
    if (field.value !== written) {
      before = field.value.trim();
      settled = heard;
    }
    heard = results.length;
    const parts = Array.from(results, (each) => each[0]?.transcript ?? "").slice(settled);
    const said = parts.join("").trim();
    if (said || field.value === written) write([before, said].filter(Boolean).join(" "));
    written = field.value;
  };
  made.onerror = ({ error }) => {
    if (SILENT.includes(error)) return;
    hint.textContent = (REFUSED.includes(error) ? button.dataset.refused : button.dataset.failed)
      ?? "";
  };
  made.onend = () => {
    turn(null);
    field.focus();
  };
  hint.textContent = "";
  made.start();
  turn(made);
}

if (Recognition) {
  button.hidden = false;
  button.addEventListener("click", () => {
    if (listener) listener.stop();
    else listen(Recognition);
  });
  document.getElementById("composer")?.addEventListener("submit", () => {
    if (!listener) return;
    if (field.value || hint.textContent) {
      listener.stop();
      return;
    }
    // It went: the last words that are still to come were in it.
    listener.onresult = null;
    listener.abort();
  });
}
