/** The page's own buttons, by the page's API, and what the page hears. */
const { ChatWidget } = /** @type {any} */ (window);
/** @type {any} */ (window).ChatWidget = ChatWidget ?? [];
const heard = document.querySelector("#heard");

for (const name of ["ready", "open", "close", "session-started", "message-sent", "message-received", "unread", "error"]) {
  document.addEventListener(`chatwidget:${name}`, () => {
    const line = document.createElement("li");
    line.textContent = name;
    heard?.prepend(line);
  });
}
document.addEventListener("click", ({ target }) => {
  const call = target instanceof HTMLElement ? target.dataset.call : undefined;
  if (call) /** @type {any} */ (window).ChatWidget.push(JSON.parse(call));
});
