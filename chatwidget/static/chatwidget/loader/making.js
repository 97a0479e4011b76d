/** What the parts of the loader say and make things with. */

// A component may update its options at each of its renderings.
/** @type {Set<string>} */
const said = new Set();

/** Tell the page's developer, once. @param {string} text */
export const warn = (text) => {
  if (!said.has(text)) console.warn(`[chatwidget] ${text}`);
  said.add(text);
};

/**
 * Storage may be blocked, and then even naming it throws; a selector may be none.
 * @template T
 * @param {() => T} action
 */
export const attempt = (action) => {
  try {
    return action();
  } catch {
    return null;
  }
};

/** @param {string} shape */
export const icon = (shape) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS(svg.namespaceURI, "path");
  line.setAttribute("d", shape);
  svg.append(line);
  return svg;
};

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 */
export const make = (name, attributes, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
};
