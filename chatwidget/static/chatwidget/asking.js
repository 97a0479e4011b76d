/** Requests that htmx doesn't make, with the headers that it would send. */
import { chat } from "./chat.js";
import { post } from "./bridge.js";

const TOKEN = "X-Session-Token";

/** Wait for whatever a request has to wait for: who the visitor is, work. @param {string} verb */
function permitted(verb) {
  return new Promise((resolve) => {
    const detail = {
      elt: document.body,
      verb,
      /** @param {boolean} [isSure] */
      issueRequest: (isSure) => resolve(isSure ? null : permitted(verb)),
    };
    const asked = new CustomEvent("htmx:confirm", { bubbles: true, cancelable: true, detail });
    if (document.body.dispatchEvent(asked)) resolve(null);
  });
}

/** @param {string} verb @param {string} [token] of a chat that may have left the screen */
export async function headersFor(verb, token) {
  await permitted(verb);
  const headers = /** @type {Record<string, string>} */ ({
    "HX-Request": "true",
    ...JSON.parse(document.body.getAttribute("hx-headers") ?? "{}"),
  });
  const detail = { elt: document.body, verb, headers, parameters: {} };
  document.body.dispatchEvent(new CustomEvent("htmx:configRequest", { bubbles: true, detail }));
  if (token) headers[TOKEN] = token;
  return headers;
}

/** Take note of a chat that an answer says was started. @param {XMLHttpRequest} xhr */
export function note(xhr) {
  const token = xhr.getResponseHeader(TOKEN);
  const detail = { elt: document.body, xhr, requestConfig: { verb: "post", headers: {} } };
  if (token) {
    chat.adopt(token);
    post("event", { name: "session-started", detail: {} });
  }
  document.body.dispatchEvent(new CustomEvent("htmx:afterRequest", { bubbles: true, detail }));
}

/**
 * @param {string} path below the page's own address
 * @param {{ body?: FormData, token?: string }} [options]
 */
export async function ask(path, { body, token } = {}) {
  return fetch(path, {
    headers: await headersFor(body ? "post" : "get", token),
    credentials: "same-origin",
    cache: "no-store",
    ...(body ? { method: "POST", body } : {}),
  });
}
