/** The list of the visitor's chats, for as long as they can be opened. */
import { keep, kept } from "./keep.js";

/** @typedef {import("./later.js").Chat} Chat */

const MOST_CHATS = 20;
const TITLE = 60;
const age = Number(document.getElementById("chats")?.dataset.age) || Infinity;

/** Add the chat to the list, by the first words of it; those that nobody can open go. @param {Chat} chat */
export function remember({ log, shown }) {
  const title = (log.querySelector(".own .text")?.textContent ?? "").trim().slice(0, TITLE);
  const oldest = Date.now() - age * 1000;
  const chats = (kept().chats ?? []).filter(({ at }) => at > oldest);
  const others = chats.filter(({ token }) => token !== shown);
  const known = chats.find(({ token }) => token === shown);
  const entry = { token: shown, title: known?.title ?? title, at: Date.now() };
  const isListed = shown && title && shown === kept().token;
  keep({ chats: isListed ? [entry, ...others].slice(0, MOST_CHATS) : chats });
}

/** @param {string} gone */
export function drop(gone) {
  keep({ chats: (kept().chats ?? []).filter(({ token }) => token !== gone) });
}
