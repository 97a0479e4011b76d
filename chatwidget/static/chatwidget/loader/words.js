/** What the loader says in the visitor's language; `loading.py` puts it in. */
export const words = /** @type {Record<"loading" | "failed" | "retry" | "move" | "open" | "lang" | "dir" | "code", string>} */ (
  /** @type {unknown} */ ("__CHATWIDGET_WORDS__")
);
