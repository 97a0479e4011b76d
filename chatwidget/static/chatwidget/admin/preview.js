"use strict";

{
  const PAUSE = 120;
  const section = /** @type {HTMLElement | null} */ (
    document.querySelector("[data-chatwidget-preview]")
  );
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById("widget_form"));
  const stage = /** @type {HTMLElement | null | undefined} */ (
    section?.querySelector(".chatwidget-stage")
  );
  const status = section?.querySelector("[role=status]");
  /** @typedef {{light?: string, dark?: string, contrast: string, wrong: string[]}} Answer */
  /** @type {Answer | undefined} */
  let shown;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {AbortController | undefined} */
  let asking;

  /** @param {string} name */
  const chosen = (name) => {
    const input = section?.querySelector(`[name=${name}]:checked`);
    return input instanceof HTMLInputElement ? input.value : "";
  };

  /** Keep the old frame until the new one has something to show. */
  const draw = () => {
    const address = chosen("chatwidget_scheme") === "dark" ? shown?.dark : shown?.light;
    if (!stage || !address) return;
    stage.dataset.screen = chosen("chatwidget_screen");
    const [old] = [...stage.children].slice(-1);
    if (old instanceof HTMLIFrameElement && old.getAttribute("src") === address) return;
    const frame = document.createElement("iframe");
    frame.title = stage.dataset.title ?? "";
    frame.src = address;
    frame.addEventListener("load", () => {
      for (const other of [...stage.children]) {
        if (other === frame) break;
        other.remove();
      }
    });
    stage.append(frame);
  };

  /** @param {keyof DOMStringMap | ""} words */
  const say = (words) => {
    if (status instanceof HTMLElement) status.textContent = words ? (status.dataset[words] ?? "") : "";
  };

  const ask = async () => {
    if (!section || !form) return;
    asking?.abort();
    asking = new AbortController();
    const data = new FormData(form);
    data.set("chatwidget_object", section.dataset.object ?? "");
    try {
      const address = section.dataset.chatwidgetPreview ?? "";
      const { signal } = asking;
      const response = await fetch(address, { method: "POST", body: data, signal });
      if (!response.ok) throw new Error(String(response.status));
      shown = /** @type {Answer} */ (await response.json());
    } catch (error) {
      if (/** @type {Error} */ (error).name !== "AbortError") say("broken");
      return;
    }
    const contrast = document.querySelector("[data-chatwidget-contrast]");
    if (contrast) contrast.textContent = shown.contrast;
    say(shown.light ? (shown.wrong.length ? "kept" : "") : "broken");
    draw();
  };

  const askSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), PAUSE);
  };

  form?.addEventListener("input", askSoon);
  form?.addEventListener("change", askSoon);
  section?.addEventListener("change", draw);
  void ask();
}
