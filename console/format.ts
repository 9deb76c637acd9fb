const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** A number for reading: grouped, with a decimal only where it matters. */
export function formatNumber(value: number): string {
  return Math.abs(value) < 10 ? tenth.format(value) : whole.format(value);
}

/** A duration with its unit: `0.4 ms`, `101 ms`, `12.3 s`. */
export function formatDuration(ms: number): string {
  return ms < 10_000 ? `${formatNumber(ms)}\u00a0ms` : `${tenth.format(ms / 1000)}\u00a0s`;
}

/** A size with its unit: `412 B`, `4.2 kB`. */
export function formatBytes(bytes: number): string {
  return bytes < 1000 ? `${bytes}\u00a0B` : `${tenth.format(bytes / 1000)}\u00a0kB`;
}

/** A limit with its unit, as people set it: `250 ms`, `8 s`, `1.5 s`. */
export function formatLimit(ms: number): string {
  return ms < 1000 ? `${formatNumber(ms)}\u00a0ms` : `${tenth.format(ms / 1000)}\u00a0s`;
}
