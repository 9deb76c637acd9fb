import {
  COMPANION_VARIABLES,
  OptionError,
  readCompanionOptions,
  servicePorts,
  type ServicePort,
} from "../companion/options.ts";
import { VARIABLES } from "../src/environment.ts";
import { misspelt } from "../src/http/nearest.ts";

/** What the environment says about a local run. */
export interface StartOptions {
  readonly port: number;
  readonly demoPort: number;
  readonly demoLatencyMs: number;
  readonly withDemo: boolean;
  readonly withCompanion: boolean;
  /** Where services of the companion listen; none where it is left out. */
  readonly services: readonly ServicePort[];
  readonly stateDir: string;
  /** Handed to the Worker as its variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** Of variables that are hardly meant as they are written. */
  readonly hints: readonly string[];
}

/** Something the person who started us can mend; shown as one line. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/**
 * Reads the options of `npm start`.
 *
 * @throws {StartError} Naming the variable, the rule and the value.
 */
export function readOptions(environment: Readonly<Record<string, string | undefined>>): StartOptions {
  const known = [...VARIABLES, ...COMPANION_VARIABLES];
  const given = (name: string) => {
    known.push(name);
    return environment[name];
  };
  const integer = (name: string, fallback: number, least: number, most: number) => {
    const text = given(name) ?? String(fallback);
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new StartError(
      `Expected ${name} to be an integer from ${least} to ${most}, got ${JSON.stringify(text)}`,
    );
  };
  const oneOf = (name: string, fallback: string, values: readonly string[]) => {
    const value = given(name) ?? fallback;
    if (values.includes(value)) return value;
    throw new StartError(`Expected ${name} to be one of ${values.join(", ")}, got ${JSON.stringify(value)}`);
  };

  const port = integer("PORT", 8787, 1, 65_535);
  const demoPort = integer("DEMO_PORT", 9100, 1, 65_535);
  const withDemo = oneOf("DEMO", "1", ["0", "1"]) === "1";
  const withCompanion = oneOf("COMPANION", "1", ["0", "1"]) === "1";
  const services = withCompanion ? readServices(environment) : [];
  expectApart([
    { variable: "PORT", port },
    ...(withDemo ? [{ variable: "DEMO_PORT", port: demoPort }] : []),
    ...services,
  ]);
  const demoOrigin = withDemo ? { ATLAS_ORIGIN: `http://127.0.0.1:${demoPort}` } : {};
  const origin = given("ATLAS_ORIGIN");
  const options = {
    port,
    demoPort,
    demoLatencyMs: integer("DEMO_LATENCY_MS", 0, 0, 60_000),
    withDemo,
    withCompanion,
    services,
    stateDir: given("STATE_DIR") ?? ".manifold",
    variables: {
      ...demoOrigin,
      ...(origin === undefined ? {} : { ATLAS_ORIGIN: origin }),
      AUTH: oneOf("AUTH", "open", ["open", "closed"]),
      TASK_LEASE_MS: String(integer("TASK_LEASE_MS", 30_000, 1_000, 600_000)),
      ALLOW_LOOPBACK: oneOf("ALLOW_LOOPBACK", "1", ["0", "1"]),
    },
  };
  const names = Object.keys(environment);
  // The companion tells of its own.
  const slips = misspelt(names, known).filter(({ meant }) => !COMPANION_VARIABLES.includes(meant));
  return {
    ...options,
    hints: slips.map(({ name, meant }) => `${name} means nothing; did you mean ${meant}?`),
  };
}

/** Services that are to listen at a port that is known before they do. */
function readServices(environment: Readonly<Record<string, string | undefined>>): readonly ServicePort[] {
  try {
    return servicePorts(readCompanionOptions([], environment)).filter(({ port }) => port !== 0);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new StartError(error.message, { cause: error });
  }
}

function expectApart(ports: readonly Pick<ServicePort, "variable" | "port">[]): void {
  const taken = new Map<number, string>();
  for (const { variable, port } of ports) {
    const other = taken.get(port);
    if (other !== undefined)
      throw new StartError(`Expected ${other} and ${variable} to differ, got ${port} twice`);
    taken.set(port, variable);
  }
}
