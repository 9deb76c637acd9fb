/**
 * Who may import whom: the table of the design as data. A file belongs to the first area whose pattern matches its
 * path. It may import its own area, the areas in `may`, and packages that `packages` accepts.
 */
interface Area {
  readonly name: string;
  readonly files: RegExp;
  /** Areas whose files it may import, besides its own. */
  readonly may: readonly string[];
  /** Whether it may import this package or built-in module. */
  readonly packages: (specifier: string) => boolean;
  /** Areas of which it may import types only. */
  readonly typesOnly?: readonly string[];
}

const isHono = (specifier: string) => /^hono(\/|$)/.test(specifier);
const isNode = (specifier: string) => specifier.startsWith("node:");
const isPlatform = (specifier: string) => specifier.startsWith("cloudflare:");
const any = () => true;
const none = () => false;

const FEATURES = ["aggregate", "limits", "chat", "tasks", "crawl", "files"] as const;
const APP = [
  "kernel",
  "http",
  "work",
  "bucket",
  "chat-client",
  ...FEATURES,
  "handlers",
  "durable-objects",
  "app",
  "config",
];

/** What a feature may import besides. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  limits: ["bucket"],
  chat: ["chat-client"],
  tasks: ["work", "bucket"],
  crawl: ["work"],
};

const AREAS: readonly Area[] = [
  { name: "kernel", files: /^src\/kernel\//, may: [], packages: none },
  {
    name: "http",
    files: /^src\/http\//,
    may: ["kernel"],
    packages: (specifier) => !isNode(specifier) && !isPlatform(specifier),
  },
  // What leases work to whoever does it, for tasks and for crawls.
  { name: "work", files: /^src\/work\//, may: ["kernel"], packages: none },
  // The one algorithm behind every limit, whoever keeps to it.
  { name: "bucket", files: /^src\/limits\/tat\.ts$/, may: [], packages: none },
  // Goes to browsers: a client knows what a room says, and nothing of how it works.
  { name: "chat-client", files: /^src\/chat\/(client(\.ts|\/)|wire\.ts)/, may: ["kernel"], packages: none },
  ...FEATURES.map((feature) => ({
    name: feature,
    files: new RegExp(`^src/${feature}/`),
    may: ["kernel", "http", ...(ALSO[feature] ?? [])],
    packages: (specifier: string) => !isNode(specifier) && !isPlatform(specifier),
  })),
  // The task types that come with Manifold: a feature knows nothing of another, they do.
  {
    name: "handlers",
    files: /^src\/handlers\//,
    may: ["kernel", "http", "files", "tasks"],
    packages: (specifier) => !isNode(specifier) && !isPlatform(specifier) && !isHono(specifier),
  },
  {
    name: "durable-objects",
    files: /^durable-objects\//,
    may: ["kernel", "http", "work", "bucket", "chat-client", ...FEATURES],
    packages: (specifier) => !isNode(specifier) && !isHono(specifier),
  },
  {
    name: "app",
    files: /^src\/[^/]+\.ts$/,
    may: APP,
    packages: (specifier) => !isNode(specifier),
  },
  {
    name: "config",
    files: /^manifold\.config\.ts$/,
    may: APP,
    packages: (specifier) => !isNode(specifier) && !isPlatform(specifier),
  },
  { name: "companion", files: /^companion\//, may: ["kernel", "http", "chat", "chat-client"], packages: any },
  {
    name: "console",
    files: /^console\//,
    may: ["chat-client"],
    typesOnly: ["app", "http", ...FEATURES],
    packages: (specifier) => !isNode(specifier) && !isPlatform(specifier),
  },
  // Tools, tests and the demo may import anything; nothing above imports them.
  {
    name: "tools",
    files: /^(scripts|test|bench|demo)\/|^[^/]+\.config\.ts$/,
    may: [...APP, "companion", "console"],
    packages: any,
  },
];

const areaOf = (path: string) => AREAS.find((area) => area.files.test(path));

/** What one `import` or `export … from` asks for, as the linter sees it. */
export interface Import {
  /** The importing file, relative to the project's root, with `/`. */
  readonly from: string;
  /** The specifier as written. */
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/**
 * Judges one import against the table.
 *
 * @returns Why it is refused, or `undefined` when it is allowed.
 */
export function violation({ from, specifier, typeOnly }: Import): string | undefined {
  const area = areaOf(from);
  if (area === undefined) return `\`${from}\` belongs to no area of scripts/lint/boundaries.ts`;
  const target = targetPath(from, specifier);
  if (target === undefined) {
    return area.packages(specifier)
      ? undefined
      : `\`${area.name}\` may not import the package \`${specifier}\``;
  }
  const other = areaOf(target);
  if (other === undefined) return target === "package.json" ? undefined : `\`${target}\` belongs to no area`;
  if (other === area || area.may.includes(other.name)) return undefined;
  if (area.typesOnly?.includes(other.name) === true) {
    return typeOnly ? undefined : `\`${area.name}\` may import only types from \`${other.name}\``;
  }
  return `\`${area.name}\` may not import \`${other.name}\` (\`${specifier}\`)`;
}

/** The project file that a specifier names, or `undefined` for a package. */
function targetPath(from: string, specifier: string): string | undefined {
  if (specifier === "#kernel") return "src/kernel/index.ts";
  if (!specifier.startsWith(".")) return undefined;
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}
