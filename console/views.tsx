interface ViewsProps {
  readonly current: "country" | "endpoint" | "fanout";
  /** Whether there is an endpoint that answers with a country. */
  readonly hasCountries: boolean;
}

/** Leads from one view of the page to the others. */
export function Views({ current, hasCountries }: ViewsProps) {
  return (
    <nav class="views" aria-label="Views">
      {hasCountries && (
        <a href="#" aria-current={current === "country" ? "page" : undefined}>
          Countries
        </a>
      )}
      <a href="#/" aria-current={current === "endpoint" ? "page" : undefined}>
        Endpoints
      </a>
      <a href="#fanout" aria-current={current === "fanout" ? "page" : undefined}>
        Fan-out
      </a>
    </nav>
  );
}
