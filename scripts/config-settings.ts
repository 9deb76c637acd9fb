import type { Setting, Upstream } from "../src/aggregate/definition.ts";
import type { Config } from "../src/config.ts";

/** The variables that say where upstreams are. */
export function originNames(config: Config): readonly string[] {
  return namesOf(upstreamsOf(config).map(({ origin }) => origin));
}

/** The variables that are sent to upstreams in a header field: keys, which may be secrets. */
export function keyNames(config: Config): readonly string[] {
  return namesOf(upstreamsOf(config).flatMap(({ headers }) => Object.values(headers)));
}

function upstreamsOf({ endpoints }: Config): readonly Upstream[] {
  return endpoints
    .flatMap(({ definition }) => definition.branches)
    .flatMap(({ from, fallback }) => [
      from,
      ...fallback.flatMap((step) => ("from" in step ? step.from : [])),
    ]);
}

function namesOf(settings: readonly Setting[]): readonly string[] {
  return settings.flatMap((setting) => (typeof setting === "string" ? [] : setting.env));
}
