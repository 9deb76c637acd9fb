/** The part of http-link-header that is used here; the package has no types of its own. */
declare module "http-link-header" {
  /** One link of a header. A parameter that is given twice is a list, unless it may be given only once. */
  interface Link {
    readonly uri: string;
    readonly rel?: string;
    readonly anchor?: string | readonly string[];
  }

  const LinkHeader: {
    /** Reads a header; a link with several relations becomes one for each. Throws for what it cannot read. */
    parse(value: string): { readonly refs: readonly Link[] };
  };
  export { LinkHeader as default };
}
