/**
 * A file is chosen: refused in words or taken, and tried again or dropped as the visitor likes.
 *
 * @typedef {import("./tray.js").Item} Item
 */
import { newId } from "./composer.js";
import { kindOf, pictureOf, sizeOf } from "./files.js";
import { field, hint, items, lay, turn, words } from "./tray.js";
import { isPicture, next } from "./upload.js";

const template = /** @type {HTMLTemplateElement} */ (document.getElementById("file"));
const start = newId();

/** What keeps a file from being sent, in words. @param {File} file */
function fault(file) {
  const sent = items.filter(({ state }) => state !== "refused");
  if (!(words.kinds ?? "").split(",").includes(kindOf(file))) return words.kind ?? "";
  if (!file.size) return words.empty ?? "";
  if (file.size > Number(words.size)) return words.large ?? "";
  return sent.length < Number(words.most) ? "" : words.many ?? "";
}

/** @param {File} file */
export function add(file) {
  const row = /** @type {HTMLElement} */ (template.content.cloneNode(true)).firstElementChild;
  if (!(row instanceof HTMLElement)) return;
  const [name, size, remove] = ["bdi", "small", "[data-file=remove]"].map((each) =>
    /** @type {HTMLElement} */ (row.querySelector(each)));
  if (name) name.textContent = file.name;
  if (size) size.textContent = sizeOf(file.size);
  remove?.setAttribute(
    "aria-label",
    (remove.getAttribute("aria-label") ?? "").replace("{name}", () => file.name),
  );
  const told = fault(file);
  /** @type {Item} */
  const item = { file, row, picture: "", state: "waiting", start };
  items.push(item);
  lay(row);
  row.scrollIntoView({ block: "nearest" });
  row.querySelector("[data-file=again]")?.addEventListener("click", () => retry(item));
  remove?.addEventListener("click", () => drops(item));
  turn(item, told ? "refused" : "waiting", told || words.waits);
  if (!told) look(item);
}

/** Show what a picture shows; what only says that it is one is refused. @param {Item} item */
async function look(item) {
  if (!isPicture(item.file)) {
    next();
    return;
  }
  try {
    item.picture = await pictureOf(item.file);
  } catch {
    turn(item, "refused", words.picture);
    return;
  }
  const image = new Image();
  image.src = item.picture;
  image.alt = "";
  item.row.querySelector(".thumb")?.append(image);
  next();
}

/** @param {Item} item */
export function retry(item) {
  hint.textContent = "";
  turn(item, "waiting", words.waits);
  next();
}

/** @param {Item} item */
function drops(item) {
  items.splice(items.indexOf(item), 1);
  item.xhr?.abort();
  item.row.remove();
  lay();
  hint.textContent = "";
  field.focus();
  next();
}
