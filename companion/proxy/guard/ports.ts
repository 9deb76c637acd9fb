/** Ports, as ranges with both ends in them. */
export type PortRanges = readonly (readonly [first: number, last: number])[];

/** Reads `80` or `1024-65535`; `undefined` when it is neither. */
export function readPortRange(text: string): readonly [number, number] | undefined {
  const [, first = "", last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const range = [Number(first), Number(last)] as const;
  return first !== "" && range[0] >= 1 && range[0] <= range[1] && range[1] <= 65_535 ? range : undefined;
}

export function hasPort(ranges: PortRanges, port: number): boolean {
  return ranges.some(([first, last]) => first <= port && port <= last);
}
