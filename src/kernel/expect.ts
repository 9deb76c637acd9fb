/** Refuses anything but a number of milliseconds ≥ 0; `Infinity` is none. */
export function expectDuration(name: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0)) {
    throw new RangeError(`Expected \`${name}\` to be a number of milliseconds ≥ 0, got ${value}`);
  }
}

/** Refuses anything but an integer ≥ `least`. */
export function expectInteger(name: string, value: number, least: number): void {
  if (!(Number.isSafeInteger(value) && value >= least)) {
    throw new RangeError(`Expected \`${name}\` to be an integer ≥ ${least}, got ${value}`);
  }
}
