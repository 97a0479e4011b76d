/**
 * React and the widget, without a build: a component that puts the widget on the page for as long
 * as it is mounted. It is the one of docs/reference/javascript-api.md.
 */
const { React, ReactDOM } = /** @type {any} */ (window);
const { createElement, useEffect, useState } = React;

export function ChatWidget({ src, ...options }) {
  useEffect(() => {
    // Another component may have put the tag back meanwhile, as StrictMode does.
    const leave = () => document.querySelector(`script[src="${src}"]`) || window.ChatWidget?.destroy?.();
    const script = Object.assign(document.createElement("script"), { src, async: true });
    script.addEventListener("load", leave);
    window.ChatWidgetConfig = { src, ...options };
    document.head.append(script);
    return () => {
      script.remove();
      leave();
    };
  }, [src]);
  useEffect(() => window.ChatWidget?.update?.(options));
  return null;
}

function App() {
  const [isShown, show] = useState(true);
  const [isLeft, move] = useState(false);
  const { loader } = document.body.dataset;
  return createElement(
    React.StrictMode,
    null,
    createElement("button", { onClick: () => show(!isShown) }, isShown ? "Take it off" : "Put it back"),
    createElement("button", { onClick: () => move(!isLeft) }, "Move it"),
    isShown && createElement(ChatWidget, { src: loader, position: isLeft ? "bottom-left" : "bottom-right" }),
  );
}

ReactDOM.createRoot(document.getElementById("app")).render(createElement(App));
