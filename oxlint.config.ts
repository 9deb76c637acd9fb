import { defineConfig } from "oxlint";

/** Type-aware lint. The import boundaries are the table in `scripts/lint/boundaries.ts`. */
export default defineConfig({
  options: { typeAware: true, denyWarnings: true },
  plugins: ["typescript", "unicorn", "oxc", "import", "promise", "vitest"],
  jsPlugins: ["./scripts/lint/plugin.ts"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  ignorePatterns: ["public", ".manifold", "test/lint/fixtures"],
  rules: {
    "manifold/boundaries": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    "typescript/consistent-type-imports": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/only-throw-error": "error",
    // Types make circles as well: of two rooms that know each other, neither can be read first.
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "import/no-default-export": "error",
    "eslint/eqeqeq": "error",
    "eslint/no-console": "error",
    // Waiting in turn is often the point in this project.
    "eslint/no-await-in-loop": "off",
    // A cast carries its reason in a comment; no rule can read that.
    "typescript/no-unsafe-type-assertion": "off",
    // `_name` says that a binding exists for its effect.
    "eslint/no-underscore-dangle": "off",
    // The compiler checks returns, and knows when a switch is exhaustive.
    "typescript/consistent-return": "off",
    "import/no-named-as-default-member": "off",
    "promise/always-return": "off",
    // A copy is the point: what comes in is not ours to change.
    "oxc/no-map-spread": "off",
    // Counters that closures advance look unmodified to this rule.
    "eslint/no-unmodified-loop-condition": "off",
  },
  overrides: [
    {
      files: ["*.config.ts", "src/index.ts", "scripts/lint/plugin.ts"],
      rules: { "import/no-default-export": "off" },
    },
    { files: ["scripts/**", "demo/**", "bench/**"], rules: { "eslint/no-console": "off" } },
    {
      files: ["test/**"],
      rules: {
        // Small functions read best where they are used; `finally` does wait for what it is given.
        "unicorn/consistent-function-scoping": "off",
        "typescript/no-misused-promises": ["error", { checksVoidReturn: false }],
        "vitest/no-conditional-expect": "off",
      },
    },
  ],
});
