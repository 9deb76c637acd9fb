/** A fraction as a length in SVG, which knows no others that stretch. */
export function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(3)}%`;
}
