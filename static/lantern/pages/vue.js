/**
 * Vue and the widget, without a build: a component that puts the widget on the page for as long as
 * it is mounted. It is the one of docs/reference/javascript-api.md.
 */
import { createApp, h, onMounted, onUnmounted, ref } from "../../vendor/vue.js";

export const ChatWidget = {
  props: ["src"],
  setup({ src }) {
    const script = Object.assign(document.createElement("script"), { src, async: true });
    // Another component may have put the tag back meanwhile.
    const leave = () => document.querySelector(`script[src="${src}"]`) || window.ChatWidget?.destroy?.();
    script.addEventListener("load", leave);
    onMounted(() => document.head.append(script));
    onUnmounted(() => {
      script.remove();
      leave();
    });
    return () => null;
  },
};

const App = {
  setup() {
    const isShown = ref(true);
    const { loader } = document.body.dataset;
    const turn = () => {
      isShown.value = !isShown.value;
    };
    return () => [
      h("button", { onClick: turn }, isShown.value ? "Take it off" : "Put it back"),
      isShown.value && h(ChatWidget, { src: loader }),
    ];
  },
};

createApp(App).mount("#app");
