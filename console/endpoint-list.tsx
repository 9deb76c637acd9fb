import type { EndpointName } from "./api.ts";
import { hashOf } from "./deep-link.ts";
import { exampleOf } from "./examples.ts";
import { pathOf } from "./route-path.ts";

/** What there is before an endpoint is picked: all of them. */
export function EndpointList({ endpoints }: { readonly endpoints: readonly EndpointName[] }) {
  return (
    <section class="panel" aria-labelledby="endpoints-heading">
      <h2 id="endpoints-heading" class="caption">
        What this Manifold serves
      </h2>
      <ul class="endpoints">
        {endpoints.map(({ name }) => {
          const { path, query } = exampleOf(pathOf(name));
          return (
            <li key={name}>
              <a href={hashOf(path, query)}>
                <code>
                  <b>GET</b> {pathOf(name)}
                </code>
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
