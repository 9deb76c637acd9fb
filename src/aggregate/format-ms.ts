/** A duration for the eye: `250 ms`, `1.5 s`, `20 s`. */
export function formatMs(ms: number): string {
  const whole = Math.round(ms);
  return whole < 1_000 ? `${whole} ms` : `${Math.round(whole / 100) / 10} s`;
}
