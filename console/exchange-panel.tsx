import type { Exchange } from "./exchange.ts";

/** How the answer looked on the wire: the headers that tell about it, and the body. */
export function ExchangePanel({ exchange }: { readonly exchange: Exchange }) {
  const { requestId, serverTiming, incomplete, body, text } = exchange;
  return (
    <section class="panel" aria-labelledby="answer-heading">
      <h2 id="answer-heading" class="caption">
        Answer
      </h2>
      <dl class="headers">
        <Field name="X-Request-Id" value={requestId} />
        <Field name="Server-Timing" value={serverTiming} />
        <Field name="Manifold-Incomplete" value={incomplete} />
      </dl>
      <details class="raw">
        <summary>{body === undefined ? "Raw body" : "Raw JSON"}</summary>
        <pre tabindex={0}>{body === undefined ? text : JSON.stringify(body, null, 2)}</pre>
      </details>
    </section>
  );
}

function Field({ name, value }: { readonly name: string; readonly value: string | undefined }) {
  if (value === undefined) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
