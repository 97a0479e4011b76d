/** Types of the page's API; see docs/reference/javascript-api.md. */
/** The events by their names without `chatwidget:`, and the `detail` of each. */
export interface ChatWidgetEvents {
  ready: null;
  open: null;
  close: null;
  "session-started": ChatWidgetDetail;
  "message-before-send": ChatWidgetDetail;
  "message-sent": ChatWidgetDetail;
  "message-received": ChatWidgetDetail;
  unread: { count: number };
  "session-ended": ChatWidgetDetail;
  error: { code: string };
}

export interface ChatWidgetDetail {
  code?: string;
}

export type ChatWidgetEvent = keyof ChatWidgetEvents;

type Dispatched = { [Name in ChatWidgetEvent as `chatwidget:${Name}`]: CustomEvent<ChatWidgetEvents[Name]> };

export interface ChatWidgetOptions {
  position?: "bottom-right" | "bottom-left" | "top-right" | "top-left";
  mode?: "bubble" | "inline" | "full";
  "offset-x"?: number;
  "offset-y"?: number;
  "z-index"?: number;
  /** A selector of the element that an inline chat fills. */
  target?: string;
  /** A selector of the page's own launcher. */
  launcher?: string;
  label?: string;
  /** The `d` of an SVG path in a 24 by 24 box. */
  icon?: string;
  /** Set, and the chat says that it may be embedded where every frame has to (COEP). */
  coep?: "";
  /** A language tag, such as `de` or `pt-BR`, for the launcher and the chat. */
  language?: string;
}

/** Options of a page, and where the loader is from, if its tag can't say. */
export type ChatWidgetConfig = ChatWidgetOptions & { src?: string };

export interface ChatWidgetApi {
  open(): void;
  close(): void;
  toggle(): void;
  /** Send a message as the visitor, unless an answer is awaited. */
  send(text: string): void;
  /** What goes along with each message, as far as the widget admits it. */
  setContext(values: Record<string, string | number | boolean> | null): void;
  /** Say who the visitor is, by a JWT that is signed with the widget's secret. */
  identify(token: string): void;
  logout(): void;
  newChat(): void;
  update(options: ChatWidgetOptions): void;
  destroy(): void;
  on<Name extends ChatWidgetEvent>(name: Name, callback: (event: CustomEvent<ChatWidgetEvents[Name]>) => void): void;
  off<Name extends ChatWidgetEvent>(name: Name, callback: (event: CustomEvent<ChatWidgetEvents[Name]>) => void): void;
  /** Any of these by its name, as before the loader has come. */
  push(call: ChatWidgetCall): void;
  /** Each widget of the page, by its public id. */
  widgets?: Record<string, ChatWidgetApi>;
}

/** A method's name and what it takes: what `ChatWidget` holds before the loader has come. */
export type ChatWidgetCall =
  | ["open" | "close" | "toggle" | "logout" | "newChat" | "destroy"]
  | ["send" | "identify", string]
  | ["setContext", Record<string, string | number | boolean> | null]
  | ["update", ChatWidgetOptions]
  | ["on" | "off", ChatWidgetEvent, (event: CustomEvent) => void];

declare global {
  interface Window {
    ChatWidget?: ChatWidgetApi | ChatWidgetCall[];
    /** For the one widget of a page, or for each by its public id. */
    ChatWidgetConfig?: ChatWidgetConfig | Record<string, ChatWidgetConfig>;
  }
  interface DocumentEventMap extends Dispatched {}
  interface HTMLElementEventMap extends Dispatched {}
}
