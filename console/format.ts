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

/** A size with its unit: `412 B`, `4.2 kB`, `1.5 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes}\u00a0B`;
  const [size, unit] =
    bytes < 1e6 ? [bytes / 1e3, "kB"] : bytes < 1e9 ? [bytes / 1e6, "MB"] : [bytes / 1e9, "GB"];
  return `${tenth.format(size)}\u00a0${unit}`;
}

/** A limit with its unit, as people set it: `250 ms`, `8 s`, `1.5 s`. */
export function formatLimit(ms: number): string {
  return ms < 1000 ? `${formatNumber(ms)}\u00a0ms` : `${tenth.format(ms / 1000)}\u00a0s`;
}

/** A moment with its day, as this browser's people write it. */
export function formatMoment(date: string): string {
  return new Date(date).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
}
