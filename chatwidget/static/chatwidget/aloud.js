/** A button on each answer that reads it aloud, once the browser has a voice. */

/** @typedef {import("./later.js").Chat} Chat */

const ANSWERS = ".message:not(.own, .pending, .unanswered)";
const template = /** @type {HTMLTemplateElement} */ (document.getElementById("aloud"));
const voice = window.speechSynthesis;

/** @param {Element} message */
function equip(message) {
  const body = message.querySelector(".body");
  const content = message.querySelector(".content");
  if (!body || !content || body.querySelector(".aloud")) return;
  body.append(template.content.cloneNode(true));
  const button = /** @type {HTMLElement} */ (body.querySelector(".aloud"));
  button.addEventListener("click", () => {
    const isOn = button.getAttribute("aria-pressed") === "true";
    voice.cancel();
    if (isOn) return;
    const words = new SpeechSynthesisUtterance(content.textContent ?? "");
    words.lang = document.documentElement.lang;
    for (const type of ["end", "error"]) {
      words.addEventListener(type, () => button.setAttribute("aria-pressed", "false"));
    }
    button.setAttribute("aria-pressed", "true");
    voice.speak(words);
  });
}

/** @param {Chat} chat */
export function serve({ log }) {
  if (!voice) return;
  let isServing = false;
  const begin = () => {
    if (isServing || !voice.getVoices().length) return;
    isServing = true;
    const all = () => log.querySelectorAll(ANSWERS).forEach(equip);
    new MutationObserver(all).observe(log, { childList: true, subtree: true });
    all();
  };
  voice.addEventListener?.("voiceschanged", begin);
  window.addEventListener("pagehide", () => voice.cancel());
  begin();
}
