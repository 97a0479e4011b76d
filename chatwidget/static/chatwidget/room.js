/** What the loader is told to keep where it has no room for all: what is needed most. */
import { post } from "./bridge.js";
import { HOST_LIMIT, kept, pack } from "./keep.js";

/** @typedef {import("./keep.js").Kept} Kept */

const NEEDED = /** @type {const} */ (["token", "who", "sound", "outgoing", "draft", "unsure"]);

/** Each that fits, and as many of the latest chats. @param {Kept} all */
function fitting(all) {
  let some = /** @type {Kept} */ ({});
  /** @param {Kept} more */
  const add = (more) => {
    if (pack({ ...some, ...more }).length <= HOST_LIMIT) some = { ...some, ...more };
  };
  for (const name of NEEDED) add({ [name]: all[name] });
  for (const chat of all.chats ?? []) add({ chats: [...(some.chats ?? []), chat] });
  return some;
}

/** The page has it all for as long as it lives. */
export function keepSome() {
  post("keep", { value: pack(fitting(kept())) });
}
