/**
 * A short sound when an answer comes, in one tab only: whoever is first says so to the others. A tab
 * that the visitor never touched may make none, and leaves it to the one that they write in.
 */
import { channel, kept } from "./keep.js";

/** @typedef {import("./later.js").Chat} Chat */

const NOTES = [660, 880];
const LENGTH = 0.12;
const LOUDNESS = 0.08;
const JITTER = 150;
const ANSWERS = ".message:not(.own, .pending, .unanswered) time";

/** @type {{ try: () => void } | undefined} */
let serving;
/** @type {AudioContext | undefined} */
let audio;

function play() {
  audio ??= new AudioContext();
  audio.resume();
  NOTES.forEach((pitch, place) => {
    if (!audio) return;
    const [tone, volume] = [audio.createOscillator(), audio.createGain()];
    const at = audio.currentTime + place * LENGTH;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(LOUDNESS, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + LENGTH);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + LENGTH);
  });
}

/** @param {Chat} chat */
export function serve(chat) {
  if (serving) return serving;
  const tabs = channel(":sound");
  let rung = "";
  const ring = () => {
    const answers = /** @type {NodeListOf<HTMLTimeElement>} */ (chat.log.querySelectorAll(ANSWERS));
    const last = [...answers].pop()?.dateTime ?? "";
    if (!kept().sound || last === rung || navigator.userActivation?.hasBeenActive === false) return;
    rung = last;
    tabs?.postMessage(last);
    play();
  };
  tabs?.addEventListener("message", ({ data }) => {
    rung = data;
  });
  chat.onHtmx("afterRequest", ({ xhr }) => {
    if (!/message-received/.test(xhr.getResponseHeader("X-Chat-Events") ?? "")) return;
    setTimeout(ring, document.hasFocus() ? 0 : Math.random() * JITTER);
  });
  serving = { try: play };
  return serving;
}
