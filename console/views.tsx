interface ViewsProps {
  readonly current: "country" | "endpoint";
  /** Whether there is an endpoint that answers with a country. */
  readonly hasCountries: boolean;
}

/** Leads from one view of the page to the other. */
export function Views({ current, hasCountries }: ViewsProps) {
  if (!hasCountries && current === "endpoint") return null;
  return (
    <nav class="views" aria-label="Views">
      <a href="#" aria-current={current === "country" ? "page" : undefined}>
        Countries
      </a>
      <a href="#/" aria-current={current === "endpoint" ? "page" : undefined}>
        Endpoints
      </a>
    </nav>
  );
}
