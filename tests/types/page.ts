/** A page that uses every member of `chatwidget.d.ts`; `npm run types` checks it against them. */
import type {
  ChatWidgetApi,
  ChatWidgetCall,
  ChatWidgetConfig,
  ChatWidgetDetail,
  ChatWidgetEvent,
  ChatWidgetEvents,
  ChatWidgetOptions,
} from "../../chatwidget/static/chatwidget/chatwidget.js";

export const every: Required<ChatWidgetOptions> = {
  position: "top-left",
  mode: "inline",
  "offset-x": 8,
  "offset-y": 16,
  "z-index": 10,
  target: "#chat",
  launcher: "#ask",
  label: "Ask us",
  icon: "M4 4h16v12H8l-4 4z",
  coep: "",
  language: "pt-BR",
};
const config: ChatWidgetConfig = { ...every, src: "https://site.example/chatwidget/id/embed.js" };
window.ChatWidgetConfig = config;
window.ChatWidgetConfig = { "11111111-1111-4111-8111-111111111111": config };

const calls: ChatWidgetCall[] = [
  ["open"],
  ["setContext", { basket: 3, isMember: true }],
  ["identify", "a.signed.token"],
  ["on", "unread", ({ detail }) => console.info(detail.count)],
];
// @ts-expect-error -- no such method
calls.push(["opne"]);
window.ChatWidget = calls;

export function use(api: ChatWidgetApi): Record<string, ChatWidgetApi> {
  api.open();
  api.close();
  api.toggle();
  api.send("When are you open?");
  api.setContext(null);
  api.identify("a.signed.token");
  api.logout();
  api.newChat();
  api.update({ position: "bottom-left", language: "de" });
  // @ts-expect-error -- no such corner
  api.update({ position: "middle" });
  api.push(["send", "Hello"]);
  const say = ({ detail }: CustomEvent<ChatWidgetDetail>) => console.info(detail.code);
  api.on("message-sent", say);
  api.off("message-sent", say);
  api.on("error", ({ detail }) => console.info(detail.code.length));
  // @ts-expect-error -- no such event
  api.on("closed", say);
  api.destroy();
  return api.widgets ?? {};
}

const names: ChatWidgetEvent[] = ["ready", "open", "close", "session-started", "message-before-send"];
export const more: (keyof ChatWidgetEvents)[] = [
  ...names,
  "message-sent",
  "message-received",
  "unread",
  "session-ended",
  "error",
];

document.addEventListener("chatwidget:unread", ({ detail }) => console.info(detail.count));
document.querySelector<HTMLElement>("chat-widget")?.addEventListener("chatwidget:ready", ({ detail }) => {
  const nothing: null = detail;
  console.info(nothing);
});
