/** The country that an address names: `#FRA`, in any case of letters; else `undefined`. */
export function codeInHash(hash: string): string | undefined {
  return /^#([a-z]{3})$/i.exec(hash)?.[1]?.toUpperCase();
}
