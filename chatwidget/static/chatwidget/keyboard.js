/** On a page of its own the chat ends above the keyboard, also where the page doesn't shrink, as on iOS. */

const view = window.visualViewport;

function fit() {
  if (!view || view.scale > 1.01) return;
  document.body.style.height = `${view.height}px`;
  window.scrollTo(0, 0);
}

view?.addEventListener("resize", fit);
if (view && view.height < window.innerHeight) fit();
