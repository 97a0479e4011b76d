/**
 * What this browser keeps of the chat: the session's token, the draft, and a message on its way.
 *
 * It lives in the page's own storage, and where that is blocked with the loader on the host page.
 * Nothing is kept before the visitor writes.
 */
import { framed, on, post } from "./bridge.js";

/**
 * @typedef {{ text: string, id: string }} Outgoing
 * @typedef {{ token: string, title: string, at: number }} Chat
 * @typedef {{ token?: string | null, draft?: string | null, outgoing?: Outgoing | null,
 *   unsure?: { text: string, task: string, token: string }[] | null, chats?: Chat[] | null,
 *   who?: string | null, sound?: boolean }} Kept
 */

const KEY = `chatwidget:${document.body.dataset.widget}`;
// The loader keeps no more characters than this.
const HOST_LIMIT = 4000;
const HOST_PATIENCE = 2000;

let blocked = false;
let memory = "";

/** @returns {string} */
function read() {
  if (blocked) return memory;
  try {
    return localStorage.getItem(KEY) ?? "";
  } catch {
    blocked = true;
    return memory;
  }
}

/** @param {string} value */
function write(value) {
  memory = value;
  if (blocked) {
    post("keep", { value: value || null });
    return;
  }
  try {
    if (value) localStorage.setItem(KEY, value);
    else localStorage.removeItem(KEY);
  } catch {
    blocked = true;
  }
}

/** @returns {Kept} */
export function kept() {
  try {
    const value = JSON.parse(read());
    return value && typeof value === "object" ? value : {};
  } catch {
    return {};
  }
}

/**
 * Change some of what is kept; what is empty is forgotten.
 *
 * @param {Kept} changes
 */
export function keep(changes) {
  const all = Object.entries({ ...kept(), ...changes }).filter(([, value]) => value);
  let value = all.length ? JSON.stringify(Object.fromEntries(all)) : "";
  if (blocked && value.length > HOST_LIMIT) value = JSON.stringify({ token: kept().token });
  write(value);
}

/**
 * Where the chat's tabs hear each other, or `null`: Firefox has none for a frame without storage.
 *
 * @param {string} [about]
 */
export function channel(about = "") {
  try {
    return new BroadcastChannel(KEY + about);
  } catch {
    return null;
  }
}

/** Done once what was kept can be read. */
export const ready = new Promise((resolve) => {
  read();
  if (!blocked || !framed) {
    resolve(null);
    return;
  }
  on("hello", (data) => {
    if (typeof data.kept === "string" && !memory) memory = data.kept;
    resolve(null);
  });
  setTimeout(resolve, HOST_PATIENCE, null);
});
