/** A router of a few lines: links change the address and the main part of the page, and load nothing. */
/** @param {string} name */
function show(name) {
  const heading = document.createElement("h1");
  const words = document.createElement("p");
  heading.textContent = `${name} of a single-page application`;
  words.textContent = "The address changed by history.pushState; nothing was loaded. The chat goes on.";
  document.querySelector("#view")?.replaceChildren(heading, words);
  document.title = name;
}

/** @param {string} name */
function swap(name) {
  if ("startViewTransition" in document) document.startViewTransition(() => show(name));
  else show(name);
}

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest("a[data-route]");
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  const { route = "" } = link.dataset;
  history.pushState({ route }, "", `?at=${route}`);
  swap(route);
});
window.addEventListener("popstate", ({ state }) => swap(state?.route ?? "First view"));
