/**
 * Sending files on, one at a time, as soon as they are chosen.
 *
 * @typedef {import("./tray.js").Item} Item
 */
import { headersFor, note } from "./asking.js";
import { chat } from "./chat.js";
import { kindOf } from "./files.js";
import { form, items, turn, words } from "./tray.js";

const REFUSALS = [400, 413];

/** Each that arrived, for as long as the page lives. @type {Map<string, Item>} */
export const arrived = new Map();
let wantsToGo = false;

/** Whether the message goes by itself once its files are there. @param {boolean} value */
export function goLater(value) {
  wantsToGo = value;
}

/** @param {File} file */
export function isPicture(file) {
  return (words.pictures ?? "").split(" ").includes(kindOf(file));
}

/** Send the next one on, if none is on its way. */
export function next() {
  if (items.some(({ state }) => state === "going")) return;
  const item = items.find(({ state, picture, file }) =>
    state === "waiting" && (picture || !isPicture(file)));
  if (item) {
    upload(item);
  } else if (wantsToGo && !items.some(({ state }) => state === "waiting")) {
    wantsToGo = false;
    form.requestSubmit();
  }
}

/** @param {Item} item */
async function upload(item) {
  const xhr = new XMLHttpRequest();
  const body = new FormData();
  const bar = /** @type {HTMLProgressElement} */ (item.row.querySelector("progress"));
  item.xhr = xhr;
  bar.value = 0;
  bar.setAttribute("aria-label", item.file.name);
  turn(item, "going", words.going);
  body.append("files", item.file);
  const headers = await headersFor("post");
  if (!items.includes(item)) return;
  xhr.open("POST", words.upload ?? "");
  for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
  xhr.setRequestHeader("X-Chat-Start", item.start);
  xhr.responseType = "json";
  xhr.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = total ? Math.floor((100 * loaded) / total) : 0;
  });
  xhr.addEventListener("load", () => {
    note(xhr);
    settle(item, xhr);
  });
  xhr.addEventListener("error", () => {
    turn(item, "failed", words.lost);
    next();
  });
  xhr.send(body);
}

/** @param {Item} item @param {XMLHttpRequest} xhr */
function settle(item, { status, response }) {
  if (status < 300 && typeof response?.id === "number") {
    item.id = response.id;
    arrived.set(String(response.id), item);
    turn(item, "done", words.done);
    if (response.notice) notify(response.notice);
  } else {
    // The same file would be refused again.
    turn(item, REFUSALS.includes(status) ? "refused" : "failed", response?.error ?? words.lost);
  }
  next();
}

/** @param {string} text */
function notify(text) {
  const line = document.createElement("p");
  line.className = "notice";
  line.textContent = text;
  chat.log.append(line);
}
