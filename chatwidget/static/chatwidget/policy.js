// The page's one Trusted Types policy: HTML of our own server passes, scripts never do.
"use strict";
(() => {
  const { trustedTypes } =
    /** @type {{ trustedTypes?: { createPolicy: (name: string, rules: object) => void } }} */ (
      /** @type {unknown} */ (window)
    );
  trustedTypes?.createPolicy("default", {
    /** @param {string} html */
    createHTML: (html) => (/<script/i.test(html) ? null : html),
  });
})();
