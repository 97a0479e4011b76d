/** Opens the chat in the preview of a widget: nobody is there to press the launcher. */
/** @typedef {{push: (call: string[]) => unknown}} Calls */
const page = /** @type {Window & {ChatWidget?: Calls}} */ (window);

// An admin who types beside it is no visitor who opens the chat: the focus stays where it is.
Object.defineProperty(navigator, "userActivation", { value: { isActive: false } });

// Taken up now, or once the loader is there.
page.ChatWidget ??= /** @type {string[][]} */ ([]);
page.ChatWidget.push(["open"]);
