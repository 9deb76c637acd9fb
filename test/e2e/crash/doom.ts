/** Says when a machine is to be killed, to whoever hears where it is. */
export interface Doom {
  /** Is told that it is at a point. @returns Whether it is no more. */
  meet(point: string): boolean;
  /** Kills when it is at a point for the so many-th time. */
  killAt(point: string, nth: number, kill: () => void): void;
  /** Whether it has been killed. */
  isDone(): boolean;
}

/** Begins with nobody to be killed. */
export function createDoom(): Doom {
  let next: { readonly point: string; left: number; readonly kill: () => void } | undefined;
  return {
    meet(point) {
      if (next?.point !== point || (next.left -= 1) > 0) return false;
      const { kill } = next;
      next = undefined;
      kill();
      return true;
    },
    killAt: (point, nth, kill) => void (next = { point, left: nth, kill }),
    isDone: () => next === undefined,
  };
}
