/** Refuses anything but a number of milliseconds ≥ 0; `Infinity` is none. */
export function expectDuration(name: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0)) {
    throw new RangeError(`Expected \`${name}\` to be a number of milliseconds ≥ 0, got ${value}`);
  }
}

/** Refuses anything but an integer ≥ `least`; `Infinity` passes where `unbounded` is said. */
export function expectInteger(name: string, value: number, least: number, unbounded = false): void {
  if (unbounded && value === Infinity) return;
  if (!(Number.isSafeInteger(value) && value >= least)) {
    throw new RangeError(`Expected \`${name}\` to be an integer ≥ ${least}, got ${value}`);
  }
}
