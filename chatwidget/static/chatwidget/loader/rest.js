/** What the closed launcher doesn't need: asked for in the visitor's language, each part once. */
import { address } from "./tag.js";
import { it } from "./window.js";

/** @type {Promise<unknown> | undefined} */
let more;

// Of those that a visitor reads the server speaks the first that it can, here and in the chat.
export const languages = () =>
  `?language=${it.options.language || navigator.languages}${it.options.coep == null ? "" : "&coep"}`;

/** @param {string} path */
export const part = (path) =>
  import(new URL(path + languages(), address).href).then((module) => module.default(it), () => {});

export const need = () => (more ||= part("../more.js"));
