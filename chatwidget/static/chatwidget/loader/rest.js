/** What the closed launcher doesn't need: asked for in the visitor's language, each part once. */
import { address } from "./tag.js";
import { it } from "./window.js";

/** @type {Promise<unknown> | null | undefined} */
let more;
let lost = "";

// Of those that a visitor reads the server speaks the first that it can, here and in the chat.
export const languages = () =>
  `?language=${it.options.language || navigator.languages}${it.options.coep == null ? "" : "&coep"}`;

// Most browsers keep what didn't load, too, by its whole address.
/** @param {string} path @param {() => unknown} failed */
export const part = (path, failed) =>
  import(new URL(`${path}${languages()}${lost}`, address).href).then(
    (module) => module.default(it),
    failed,
  );

/** The next need asks again, and so does a network that is back, once what it was away for has failed. */
export const need = () =>
  (more ||= part("../more.js", () => {
    lost += "#";
    more = null;
    addEventListener("online", () => need().then(need), it);
  }));
