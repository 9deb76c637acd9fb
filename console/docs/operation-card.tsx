import type { Operation, Parameter } from "./document.ts";
import { Prose, withCode } from "./prose.tsx";
import { noteOf, schemaText } from "./schema-text.ts";

/** One operation: who may use it, what it takes, what it answers. */
export function OperationCard({ operation }: { readonly operation: Operation }) {
  const {
    operationId,
    method,
    path,
    summary,
    description,
    parameters = [],
    requestBody,
    responses,
  } = operation;
  const scope = operation.security[0]?.["bearer"]?.[0];
  const body = requestBody?.content?.["application/json"]?.schema;
  return (
    <article class="operation" id={operationId}>
      <header>
        <h3>
          <a href={`#${operationId}`}>
            <span class={`method ${method.toLowerCase()}`}>{method}</span> <code>{path}</code>
          </a>
        </h3>
        <p class="scope">
          {scope === undefined ? (
            "for everyone"
          ) : (
            <>
              needs <code>{scope}</code>
            </>
          )}
        </p>
      </header>
      <p>{withCode(summary)}</p>
      {description !== undefined && <Prose text={description} />}
      {parameters.length > 0 && <Parameters parameters={parameters} />}
      {body !== undefined && (
        <section>
          <h4>Takes</h4>
          <pre tabindex={0}>{schemaText(body)}</pre>
        </section>
      )}
      <section>
        <h4>Answers</h4>
        <dl>
          {Object.entries(responses).map(([status, response]) => (
            <>
              <dt>{status}</dt>
              <dd>
                {withCode(response.description ?? "")}
                <Content content={response.content ?? {}} />
              </dd>
            </>
          ))}
        </dl>
      </section>
    </article>
  );
}

function Parameters({ parameters }: { readonly parameters: readonly Parameter[] }) {
  return (
    <section>
      <h4>Parameters</h4>
      <dl>
        {parameters.map(({ name, in: place, required = false, schema = {}, description }) => (
          <>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>
              {place === "path" ? "in the path" : `in the ${place}${required ? "" : ", may be left out"}`}:{" "}
              <code>{schemaText(schema)}</code> {withCode(description ?? noteOf(schema))}
            </dd>
          </>
        ))}
      </dl>
    </section>
  );
}

/** What is shown by its schema, and problems, which are all alike. */
const SHOWN = new Set(["application/json", "application/problem+json"]);

/** The body of an answer, unless it is a problem: they are all alike. */
function Content({ content }: { readonly content: Readonly<Record<string, { readonly schema?: object }>> }) {
  const schema = content["application/json"]?.schema;
  const others = Object.keys(content).filter((type) => !SHOWN.has(type));
  return (
    <>
      {schema !== undefined && Object.keys(schema).length > 0 && <pre tabindex={0}>{schemaText(schema)}</pre>}
      {others.length > 0 && (
        <span class="muted">
          {" "}
          Also as{" "}
          {others.map((type, index) => (
            <>
              {index > 0 && ", "}
              <code>{type}</code>
            </>
          ))}
          .
        </span>
      )}
    </>
  );
}
