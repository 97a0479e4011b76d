/**
 * The parts of the page that come when they are needed, each once. A network that is away is no
 * fault of theirs: what didn't load is asked for again by the next need of it.
 */

/** @type {Map<string, Promise<any>>} */
const coming = new Map();

/**
 * The module of a part, or `null` if it can't be had just now.
 *
 * @param {string} name
 */
export function part(name) {
  const known = coming.get(name) ?? import(`./${name}.js`).catch(() => {
    coming.delete(name);
    return null;
  });
  coming.set(name, known);
  return known;
}
