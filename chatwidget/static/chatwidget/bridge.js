/**
 * The frame's side of the talk with the loader on the host page (`embed.js`).
 *
 * The frame says `ready` to whoever frames it; the first `hello` from there names the origin that
 * it talks to from then on. Who may frame it at all is up to the page's `frame-ancestors`.
 */

/** Whether the page is framed, and so may have a loader around it. */
export const framed = window.parent !== window;

/** @typedef {Record<string, unknown>} Data */

/** @type {Map<string, Set<(data: Data) => void>>} */
const listeners = new Map();
/** What the host page last said of itself and of its visitor. @type {Data} */
export const told = {};
let widget = "";
/** The host page's origin, once it said hello. */
export let host = "";

/**
 * Call back for each message of a type from the host page: `hello`, `opened`, `closed`, `page`,
 * `call`.
 *
 * @param {string} type
 * @param {(data: Data) => void} callback
 */
export function on(type, callback) {
  const known = listeners.get(type) ?? new Set();
  listeners.set(type, known.add(callback));
}

/**
 * Tell the host page something. Nothing is said before its `hello`, or where there is no host.
 *
 * @param {string} type `close`, `keep` or `event`
 * @param {Data} [data]
 */
export function post(type, data) {
  if (host) window.parent.postMessage({ ...data, chatwidget: widget, type }, host);
}

/** @param {MessageEvent} event */
function hear({ data, origin, source }) {
  if (source !== window.parent || !data || data.chatwidget !== widget) return;
  if (!host && data.type === "hello") host = origin;
  if (!host || origin !== host) return;
  if (data.type === "page") Object.assign(told, data);
  for (const callback of listeners.get(data.type) ?? []) callback(data);
}

/**
 * Find the loader, if there is one. Call `on` for what matters first.
 *
 * @param {string} publicId the widget's public id
 */
export function connect(publicId) {
  if (!framed || widget) return;
  widget = publicId;
  window.addEventListener("message", hear);
  window.parent.postMessage({ chatwidget: widget, type: "ready" }, "*");
}
