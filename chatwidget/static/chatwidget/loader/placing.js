/** Each option, of the page or of the widget, and where everything stands by them. */
import { attempt, icon, warn } from "./making.js";
import { need } from "./rest.js";
import { attribute, config } from "./tag.js";
import { all, it, launcher, sheet } from "./window.js";

const closed = "__CHATWIDGET_embed.css__";
const opened = "__CHATWIDGET_window.css__";
const NUMBER = "0 to 2147483647";
/** @type {Record<string, string>} */
export const RULES = {
  position: "bottom-right, bottom-left, top-right, top-left",
  mode: "bubble, inline, full",
  "offset-x": NUMBER,
  "offset-y": NUMBER,
  "z-index": NUMBER,
  target: "",
  launcher: "",
  label: "",
  icon: "",
  coep: "",
  language: "",
};

/** Wear what is needed where it stands: more of it once there is a chat. */
export const dress = () => {
  const { options } = it;
  const corner = attempt(() => localStorage.getItem(`${it.key}:corner`)) || options.position;
  /** @param {number} more */
  const inset = (more) =>
    ["top", "right", "bottom", "left"]
      .map((side, index) =>
        corner.includes(side)
          ? `max(${index % 2 ? options["offset-x"] : Number(options["offset-y"]) + more}px,env(safe-area-inset-${side}))`
          : "auto",
      )
      .join(" ");
  sheet.replaceSync(
    `${closed}${it.frame ? opened : ""}:host{--layer:${options["z-index"]};--corner:${inset(0)};--above:${inset(68)};` +
      `--y:${options["offset-y"]}px;--origin:${corner.replace("-", " ")}}${config.colours}`,
  );
};

export const place = () => {
  for (const [name, rule] of Object.entries(RULES)) {
    it.options[name] = config.options[name];
    const wanted = it.given[name] ?? attribute(name);
    if (wanted == null) continue;
    const fits =
      !rule ||
      (rule === NUMBER ? `${wanted & 2147483647}` === `${wanted}` : rule.split(", ").includes(wanted));
    if (fits) it.options[name] = wanted;
    else warn(`data-${name}="${wanted}" is none of ${rule}.`);
  }
  dress();
  const { options } = it;
  all.setAttribute("data-mode", options.mode);
  launcher.replaceChildren(icon(options.icon), icon("M6 6l12 12M18 6L6 18"), options.label || "");
  if (options.mode === "inline") need();
};
