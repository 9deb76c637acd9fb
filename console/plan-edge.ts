import type { Point } from "./plan-layout.ts";

/** A line through points as the `d` of an SVG path: curved, then straight, then curved, and so on. */
export function edgePath([first, ...rest]: readonly Point[]): string {
  if (first === undefined) return "";
  let last = first;
  const pieces = rest.map((point, index) => {
    const middle = (last.x + point.x) / 2;
    const piece =
      index % 2 === 0
        ? `C${middle} ${last.y} ${middle} ${point.y} ${point.x} ${point.y}`
        : `L${point.x} ${point.y}`;
    last = point;
    return piece;
  });
  return [`M${first.x} ${first.y}`, ...pieces].join("");
}
