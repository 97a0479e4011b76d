/**
 * What this browser keeps of the chat: the session's token, the draft, and a message on its way.
 *
 * It lives in the page's own storage, and where that is blocked with the loader on the host page.
 * Nothing is kept before the visitor writes.
 */
import { framed, on, post } from "./bridge.js";
import { part } from "./parts.js";

/**
 * @typedef {{ text: string, id: string }} Outgoing
 * @typedef {{ token: string, title: string, at: number }} Chat
 * @typedef {{ token?: string | null, draft?: string | null, outgoing?: Outgoing[] | null,
 *   unsure?: { text: string, task: string, token: string }[] | null, chats?: Chat[] | null,
 *   who?: string | null, sound?: boolean }} Kept
 */

const KEY = `chatwidget:${document.body.dataset.widget}`;
// The loader keeps no more characters than this.
export const HOST_LIMIT = 4000;
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

/** @returns {Kept} */
export function kept() {
  try {
    const value = JSON.parse(read());
    return value && typeof value === "object" ? value : {};
  } catch {
    return {};
  }
}

/** What is empty is forgotten. @param {Kept} all */
export function pack(all) {
  const full = Object.entries(all).filter(([, value]) => value && String(value));
  return full.length ? JSON.stringify(Object.fromEntries(full)) : "";
}

/** Change some of what is kept. @param {Kept} changes */
export function keep(changes) {
  memory = pack({ ...kept(), ...changes });
  if (!blocked) {
    try {
      if (memory) localStorage.setItem(KEY, memory);
      else localStorage.removeItem(KEY);
      return;
    } catch {
      blocked = true;
    }
  }
  if (memory.length > HOST_LIMIT) part("room").then((room) => room?.keepSome());
  else post("keep", { value: memory || null });
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
