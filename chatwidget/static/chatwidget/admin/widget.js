"use strict";

{
  /** @param {HTMLButtonElement} button */
  const copy = async (button) => {
    const field = /** @type {HTMLTextAreaElement} */ (
      document.getElementById(button.dataset.chatwidgetCopy ?? "")
    );
    const status = /** @type {HTMLElement} */ (button.nextElementSibling);
    let words = button.dataset.copied;
    try {
      // Missing on a page without TLS, refused where the browser's user says so.
      await navigator.clipboard.writeText(field.value);
    } catch {
      words = button.dataset.selected;
      field.focus();
      field.select();
    }
    status.textContent = words ?? "";
  };

  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const button = /** @type {HTMLButtonElement | null} */ (
      target.closest("[data-chatwidget-copy]")
    );
    if (button) void copy(button);
  });

  document.addEventListener("input", (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const text = document.getElementById(input.dataset.chatwidgetColour ?? "");
    if (text instanceof HTMLInputElement) {
      text.value = input.value;
      return;
    }
    const picker = document.querySelector(`[data-chatwidget-colour="${CSS.escape(input.id)}"]`);
    if (picker instanceof HTMLInputElement && /^#[0-9a-f]{6}$/i.test(input.value)) {
      picker.value = input.value;
    }
  });
}
