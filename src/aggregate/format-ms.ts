const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A duration for the eye: `250 ms`, `1.5 s`, `10 min`, `1 h`. */
export function formatMs(ms: number): string {
  const whole = Math.round(ms);
  if (whole < 1_000) return `${whole} ms`;
  if (whole % HOUR === 0) return `${whole / HOUR} h`;
  return whole % MINUTE === 0 ? `${whole / MINUTE} min` : `${Math.round(whole / 100) / 10} s`;
}
