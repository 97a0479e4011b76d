// The rules for the JavaScript that browsers get: ESLint's recommended set, and what keeps it safe and plain.
import js from "@eslint/js";
import globals from "globals";

const htmlSinks = ["innerHTML", "outerHTML", "srcdoc"].map((property) => ({
  property,
  message: "Build nodes: no HTML is made of strings in the browser.",
}));

export default [
  { ignores: [".venv/", "var/", "node_modules/", "build/", "dist/", "htmlcov/", "mutants/", "static/vendor/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2022, globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "array-callback-return": "error",
      "arrow-body-style": "error",
      "consistent-return": "error",
      "default-case-last": "error",
      "dot-notation": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-alert": "error",
      "no-console": ["error", { allow: ["info", "warn", "error"] }],
      "no-eval": "error",
      "no-implicit-coercion": ["error", { boolean: false }],
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-promise-executor-return": "error",
      "no-restricted-properties": ["error", ...htmlSinks],
      "no-script-url": "error",
      "no-self-compare": "error",
      "no-template-curly-in-string": "error",
      "no-unmodified-loop-condition": "error",
      "no-use-before-define": ["error", { functions: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-arrow-callback": "error",
      "prefer-const": "error",
      "prefer-template": "error",
      "require-await": "error",
    },
  },
];
