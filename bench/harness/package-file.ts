import { fileURLToPath } from "node:url";

/** The path of a file of a package that wrangler brings along. */
export function packageFile(name: string, path: string): string {
  return fileURLToPath(new URL(`../../node_modules/${name}/${path}`, import.meta.url));
}
