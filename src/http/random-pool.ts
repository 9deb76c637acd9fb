/** How many bytes are fetched at a time. */
const POOL_BYTES = 4_096;

/**
 * Hands out random bytes from a pool: asking the platform for eight at a time costs more than making an id of them.
 * No byte is handed out twice.
 *
 * @param fill Fills an array with random bytes.
 * @returns Gives as many bytes as it is asked for, at most 4,096; the array is only good until the next call.
 */
export function randomPool(fill: (bytes: Uint8Array<ArrayBuffer>) => void): (count: number) => Uint8Array {
  const pool = new Uint8Array(POOL_BYTES);
  let used = POOL_BYTES;
  return (count) => {
    if (used + count > POOL_BYTES) {
      fill(pool);
      used = 0;
    }
    used += count;
    return pool.subarray(used - count, used);
  };
}
