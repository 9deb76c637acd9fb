import { relative, sep } from "node:path";
import { violation } from "./boundaries.ts";

/** The parts of ESLint's rule API that this plugin uses. */
interface Source {
  readonly value: unknown;
}
interface ModuleNode {
  readonly source: Source | null;
  readonly importKind?: string;
  readonly exportKind?: string;
}
interface Context {
  readonly cwd: string;
  readonly filename: string;
  report(problem: { readonly node: ModuleNode; readonly message: string }): void;
}

const boundaries = {
  create(context: Context) {
    const from = relative(context.cwd, context.filename).replaceAll(sep, "/");
    const check = (node: ModuleNode) => {
      const specifier = node.source?.value;
      if (typeof specifier !== "string") return;
      const typeOnly = node.importKind === "type" || node.exportKind === "type";
      const message = violation({ from, specifier, typeOnly });
      if (message !== undefined) context.report({ node, message });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      // `typeof import("…")` and `import("…").Name` in types
      TSImportType: (node: ModuleNode) => check({ ...node, importKind: "type" }),
    };
  },
};

export default { meta: { name: "manifold" }, rules: { boundaries } };
