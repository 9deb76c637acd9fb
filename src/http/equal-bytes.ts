/** What workerd adds to `crypto.subtle`; Node has it elsewhere. */
interface TimingSafe {
  timingSafeEqual?(one: Uint8Array<ArrayBuffer>, other: Uint8Array<ArrayBuffer>): boolean;
}

/** Compares bytes in a time that tells nothing of where they differ; only that their lengths do. */
export function equalBytes(one: Uint8Array<ArrayBuffer>, other: Uint8Array<ArrayBuffer>): boolean {
  if (one.length !== other.length) return false;
  // The types of one runtime know the method, those of the other do not.
  const subtle = crypto.subtle as typeof crypto.subtle & TimingSafe;
  return subtle.timingSafeEqual?.(one, other) ?? equalInTurn(one, other);
}

/** The same by hand: every byte is looked at, whatever the ones before were. */
export function equalInTurn(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (const [index, byte] of one.entries()) difference |= byte ^ (other[index] ?? 0);
  return difference === 0;
}
