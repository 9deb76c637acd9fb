/** What a terminal is told, in one language; a line each, without its end. */
export interface Messages {
  /** Stands in the line in which the answer is typed. */
  readonly askName: string;
  readonly welcome: (name: string, count: number) => string;
  readonly joined: (name: string) => string;
  readonly left: (name: string) => string;
  readonly renamed: (from: string, to: string) => string;
  readonly youAre: (name: string) => string;
  readonly who: (names: readonly string[], count: number) => string;
  readonly nothingSaid: string;
  readonly help: readonly string[];
  readonly unknown: (command: string) => string;
  readonly usage: (usage: string) => string;
  readonly tooLong: (bytes: number) => string;
  /** What the room refuses, by its code; others as the room says it. */
  readonly refusals: Readonly<Record<string, string>>;
  readonly missing: (count: number) => string;
  /** The room is out of reach. */
  readonly lost: string;
  /** The Worker lets this service in nowhere. */
  readonly barred: string;
  /** It does not let it into this room. */
  readonly closedRoom: (room: string) => string;
  /** The room has closed for this terminal, for good. */
  readonly sentAway: string;
  readonly back: (count: number) => string;
  /** The terminal was too slow for so many lines. */
  readonly skipped: (count: number) => string;
  readonly closing: string;
  readonly bye: string;
}
