import type { Summary } from "./statistics.ts";

/** Three digits that mean something, and no more: `0.824`, `12.3`, `4,567`. */
export function formatNumber(value: number): string {
  if (value === 0) return "0";
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en-US", {
    minimumFractionDigits: Math.min(decimals, 3),
    maximumFractionDigits: Math.min(decimals, 3),
  });
}

/** A median with its spread: `4,567 (4,480–4,600)`. */
export function formatSummary({ median, least, most }: Summary): string {
  return `${formatNumber(median)} (${formatNumber(least)}–${formatNumber(most)})`;
}
