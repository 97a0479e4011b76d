/**
 * The files of the message that is being written, each in a row with its state.
 *
 * @typedef {{ file: File, row: HTMLElement, picture: string, state: "waiting" | "going" | "done" |
 *   "failed" | "refused", id?: number, xhr?: XMLHttpRequest, start: string }} Item
 */
export const form = /** @type {HTMLFormElement} */ (document.getElementById("composer"));
export const field = /** @type {HTMLTextAreaElement} */ (document.getElementById("typed"));
const tray = /** @type {HTMLElement} */ (document.getElementById("tray"));
export const hint = /** @type {HTMLElement} */ (document.getElementById("refusal"));
export const words = tray.dataset;

/** @type {Item[]} */
export const items = [];

/** Show a row, or all that there are, or none. @param {HTMLElement} [row] */
export function lay(row) {
  if (row) tray.append(row);
  tray.hidden = !items.length;
}

/** @param {Item} item @param {Item["state"]} state @param {string} [told] */
export function turn(item, state, told = "") {
  const { row } = item;
  const status = /** @type {HTMLElement} */ (row.querySelector("p"));
  const bar = /** @type {HTMLProgressElement} */ (row.querySelector("progress"));
  const again = /** @type {HTMLElement} */ (row.querySelector("[data-file=again]"));
  item.state = state;
  row.dataset.state = state;
  if (status.textContent !== told) status.textContent = told;
  bar.hidden = state !== "going";
  again.hidden = state !== "failed";
  lay();
}
