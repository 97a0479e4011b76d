/** The files that go with a message: shown in it, and taken back from one that didn't arrive. */
import { sizeOf } from "./files.js";
import { items, lay, turn, words } from "./tray.js";
import { arrived } from "./upload.js";

/** What the message shows of its files. @param {Element} message @param {string[]} numbers */
export function dress(message, numbers) {
  const bubble = message.querySelector(".bubble");
  const known = numbers.map((number) => arrived.get(number)).filter((item) => item !== undefined);
  if (!bubble || !known.length || bubble.querySelector(".files")) return;
  const list = document.createElement("ul");
  list.className = "files";
  list.setAttribute("aria-label", words.files ?? "");
  for (const { file, picture } of known) {
    const [line, name, size] = ["li", "bdi", "small"].map((each) => document.createElement(each));
    if (!line || !name || !size) return;
    name.textContent = file.name;
    size.textContent = sizeOf(file.size);
    if (picture) {
      const image = new Image();
      image.src = picture;
      image.alt = "";
      line.append(image);
    }
    line.append(name, " ", size);
    list.append(line);
  }
  bubble.append(list);
}

/** @param {Element} message */
export function numbersOf(message) {
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (
    message.querySelectorAll("[name=file]")
  );
  return [...fields].map(({ value }) => value);
}

/** Take a message's files back to where it is written. @param {Element} message */
export function takeBack(message) {
  const back = numbersOf(message).map((number) => arrived.get(number));
  for (const item of back) {
    if (!item || items.includes(item)) continue;
    items.push(item);
    lay(item.row);
    turn(item, "done", words.done);
  }
  return back;
}
