/**
 * The rest of the loader, which comes with the chat. `loading.py` joins it with what it imports and
 * puts the visitor's words and `more.css` in.
 *
 * @typedef {import("./window.js").It} It
 */
import { serveApi } from "./calls.js";
import { keepForFrame, watchLoading } from "./frame.js";
import { holdPage, letMove, settle, watchPage } from "./standing.js";
import { words } from "./words.js";

const styles = "__CHATWIDGET_more.css__";

/** Speak the visitor's language from here on. @param {It} it */
function translate({ all, config }) {
  words.open = words.open.replace("{title}", config.title);
  Object.assign(config.words, Object.assign(words, config.own?.[words.code]));
  all.lang = words.lang;
  all.dir = words.dir;
}

/** Give a loader the rest of what it can do. @param {It} it */
export default function more(it) {
  translate(it);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  it.root.adoptedStyleSheets = [...it.root.adoptedStyleSheets, sheet];
  holdPage(it);
  watchLoading(it);
  keepForFrame(it);
  letMove(it);
  const listen = [serveApi(it), watchPage(it), () => settle(it)];
  it.connected = () => listen.forEach((each) => each());
  // It may have been destroyed meanwhile.
  if (it.element.isConnected) it.connected();
  it.draw();
  it.flush();
}
