/** What a token may be good for. `admin` is for who runs this Manifold: it stands for all the others. */
export const SCOPES = {
  fanout: "Make requests of one's own through `/v1/fanout`",
  limits: "Take from rate limits, and look at them",
  chat: "Enter rooms and read them",
  "chat:gateway": "Say for whom one enters rooms, so that floods are counted for each of them",
  "chat:moderate": "Send users away from rooms",
  "tasks:read": "See tasks and their results",
  "tasks:write": "Enqueue, cancel and retry tasks",
  crawl: "Start crawls, watch and end them",
  "files:read": "Read files",
  "files:write": "Write and delete files, start downloads",
  health: "Ask whether all of it can be reached",
  admin: "Everything, and what only the operator needs: plans of endpoints, timelines",
} as const satisfies Record<string, string>;

/** One of them. */
export type Scope = keyof typeof SCOPES;

/** All of them, in the order of the table. */
// `Object.keys` knows only strings; these are the table's.
export const ALL_SCOPES = Object.keys(SCOPES) as readonly Scope[];

/** Whether a name is that of a scope. */
export function isScope(name: string): name is Scope {
  return Object.hasOwn(SCOPES, name);
}

/** Whether who holds these scopes may do what needs that one. Writing does not stand for reading. */
export function isGranted(held: readonly Scope[], needed: Scope): boolean {
  return held.includes(needed) || held.includes("admin");
}
