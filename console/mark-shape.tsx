import type { Mark } from "./timeline-layout.ts";

/** 12 by 12: an arrow that goes round, two lines abreast, an arrow that turns aside. */
const SHAPES: Readonly<Record<Mark["kind"], string>> = {
  retry: "M10 6a4 4 0 1 1-1.4-3M9 .8v2.6H6.4",
  hedge: "M1.5 4h9M1.5 8.5h9",
  fallback: "M2.5 1v4.5q0 3 3 3h5M8 5.8l2.7 2.7L8 11.2",
};

/** The sign of a kind of call. */
export function MarkShape({ kind }: { readonly kind: Mark["kind"] }) {
  return <path d={SHAPES[kind]} />;
}
