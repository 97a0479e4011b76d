/**
 * Which tag the loader runs for, what it says, and where its site is. A tag manager may have dropped
 * its attributes, a consent manager may have made it again: what is missing the page may give.
 *
 * @typedef {import("./window.js").Config} Config
 * @typedef {import("./window.js").Data} Data
 */
import { attempt, warn } from "./making.js";

const baked = /** @type {Config | null} */ (/** @type {unknown} */ ("__CHATWIDGET_CONFIG__"));
export const page = /** @type {Window & Data} */ (/** @type {unknown} */ (window));

// A consent manager may leave the tag that it held back beside the copy that runs.
// eslint-disable-next-line no-useless-assignment -- the next lines are not in every loader
let selector = `script[src*="${baked?.id}/embed.js"]`;
// pinned: (only in the loader without a config of its own)
selector = "script[data-config]";
// :pinned
const running = /** @type {HTMLScriptElement | null} */ (document.currentScript);
const tags = /** @type {HTMLScriptElement[]} */ ([...document.querySelectorAll(selector)]);
if (running?.matches(selector)) tags.unshift(running);
/** @param {string} name */
export const attribute = (name) => tags.map((tag) => tag.getAttribute(`data-${name}`)).find((value) => value !== null);

let config = /** @type {Config} */ (baked);
// pinned:
config = attempt(() => JSON.parse(attribute("config") || "")) || {};
if (!config.id) warn("data-config is no JSON: copy the tag again.");
// :pinned
const { id, title, words } = config;
let given = page.ChatWidgetConfig || {};
given = given[id] || given;
const src = tags[0]?.src ?? given.src;
if (id && !src) warn("Set ChatWidgetConfig.src.");
/** Where the chat page is; without it there is nothing to draw. */
const address = /** @type {URL} */ (id && src && new URL(`../${id}/`, new URL(src, document.baseURI)));

export { address, config, given, id, title, words };
