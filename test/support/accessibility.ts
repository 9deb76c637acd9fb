import axe from "axe-core";
import type { Page } from "playwright-core";

/** What of axe's report is looked at here. */
interface Report {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string | null;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}

/**
 * Looks over a page as it is for what keeps people out (axe-core, its rules for WCAG and good practice).
 *
 * @returns A line for each fault that axe calls serious or critical.
 */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  // Given to the browser itself, not to the page, whose policy allows no foreign script.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<Report>("axe.run()");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary = "" }) => `${id}: ${help}: ${html} ${failureSummary}`),
    );
}
