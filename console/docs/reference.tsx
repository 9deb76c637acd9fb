import { type ApiDocument, operationsByTag } from "./document.ts";
import { OperationCard } from "./operation-card.tsx";
import { Prose } from "./prose.tsx";

/** The whole document as a page. */
export function Reference({ document }: { readonly document: ApiDocument }) {
  const tags = [...operationsByTag(document)];
  const tokens = document.components?.securitySchemes?.["bearer"]?.description;
  return (
    <>
      <nav aria-label="Operations">
        {tags.map(([tag, operations]) => (
          <>
            <h2>{tag}</h2>
            <ul>
              {operations.map(({ operationId, method, path }) => (
                <li>
                  <a href={`#${operationId}`}>
                    <span class={`method ${method.toLowerCase()}`}>{method}</span> <code>{path}</code>
                  </a>
                </li>
              ))}
            </ul>
          </>
        ))}
      </nav>
      <main>
        <h1>{document.info.title}</h1>
        <Prose text={document.info.description ?? ""} />
        <p>
          The same for programs: <a href="/openapi.json">openapi.json</a>. The console: <a href="/">/</a>
        </p>
        {tokens !== undefined && (
          <section class="operation">
            <h2>Authorization: Bearer</h2>
            <Prose text={tokens} />
          </section>
        )}
        {tags.map(([tag, operations]) => (
          <section>
            <h2>{tag}</h2>
            {operations.map((operation) => (
              <OperationCard operation={operation} />
            ))}
          </section>
        ))}
      </main>
    </>
  );
}
