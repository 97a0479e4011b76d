/**
 * Moving the launcher to another corner, by pointer, by arrow keys or by the button that the chat's
 * menu has for it; it comes with the first try.
 *
 * @typedef {import("./window.js").It} It
 */
const DRAG_FROM = 8;
const ROUND = ["bottom-right", "bottom-left", "top-left", "top-right"];

/** @param {It} it @returns {string} */
const cornerOf = (it) =>
  it.attempt(() => localStorage.getItem(`${it.key}:corner`)) || it.options.position;

/** @param {It} it @param {string} corner */
function moveTo(it, corner) {
  it.attempt(() => localStorage.setItem(`${it.key}:corner`, corner));
  it.place();
  it.draw();
}

/** @param {It} it @param {string} side */
function moveBy(it, side) {
  const [vertical, horizontal] = cornerOf(it).split("-");
  const isVertical = side === "Up" || side === "Down";
  moveTo(
    it,
    isVertical ? `${side === "Up" ? "top" : "bottom"}-${horizontal}` : `${vertical}-${side.toLowerCase()}`,
  );
}

/** @param {It} it @returns {(event?: Event) => void} what takes a visitor's try; without one, on */
export default function mover(it) {
  const { launcher } = it;
  let isHeld = false;
  let moved = false;

  /** @param {PointerEvent} start */
  const follow = ({ clientX, clientY, pointerId }) => {
    isHeld = true;
    moved = false;
    // The pointer may have been lifted while this was on its way.
    it.attempt(() => launcher.setPointerCapture(pointerId));
    const ended = new AbortController();
    const { signal } = ended;
    /** @param {PointerEvent} event */
    const drop = (event) => {
      ended.abort();
      isHeld = false;
      // What ends a drag is no click.
      setTimeout(() => {
        moved = false;
      });
      launcher.style.cssText = "";
      if (!moved || event.type !== "pointerup") return;
      const vertical = event.clientY < innerHeight / 2 ? "top" : "bottom";
      moveTo(it, `${vertical}-${event.clientX < innerWidth / 2 ? "left" : "right"}`);
    };
    /** @param {PointerEvent} event */
    const drag = (event) => {
      const [x, y] = [event.clientX - clientX, event.clientY - clientY];
      if (!event.buttons) drop(event);
      if (!isHeld || (!moved && Math.hypot(x, y) < DRAG_FROM)) return;
      moved = true;
      launcher.style.cssText = `transition:none;cursor:grabbing;translate:${x}px ${y}px`;
    };
    launcher.addEventListener("pointermove", drag, { signal });
    launcher.addEventListener("pointerup", drop, { signal });
    launcher.addEventListener("pointercancel", drop, { signal });
  };

  launcher.addEventListener("click", (event) => moved && event.stopImmediatePropagation(), {
    capture: true,
  });
  return (event) => {
    if (!event) moveTo(it, ROUND[(ROUND.indexOf(cornerOf(it)) + 1) % ROUND.length] ?? "");
    else if (event instanceof KeyboardEvent) moveBy(it, event.key.replace("Arrow", ""));
    else if (event instanceof PointerEvent && !isHeld) follow(event);
  };
}
