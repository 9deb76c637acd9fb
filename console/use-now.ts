import { useEffect, useState } from "hono/jsx/dom";

/**
 * The time of the page, anew with every frame while something runs; only when something else is drawn, for those who
 * want no motion.
 */
export function useNow(isRunning: boolean): number {
  const [, setNow] = useState(0);
  useEffect(() => {
    if (!isRunning || matchMedia("(prefers-reduced-motion: reduce)").matches) return undefined;
    let frame = requestAnimationFrame(function tick(nowMs) {
      setNow(nowMs);
      frame = requestAnimationFrame(tick);
    });
    return () => cancelAnimationFrame(frame);
  }, [isRunning]);
  return performance.now();
}
