"use strict";

document.addEventListener("change", ({ target }) => {
  if (target instanceof HTMLSelectElement && target.matches("[data-chatwidget-filter]")) {
    target.form?.requestSubmit();
  }
});
