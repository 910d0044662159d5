/** How many dispatches that have finished are remembered, the latest. */
const REMEMBERED = 1000;

/**
 * The dispatches that an agent has finished lately, by their cookies: one that comes once more is not begun again.
 * @param kept those whose reports an earlier process has kept, which are remembered beside as many as usual
 */
export function finishedDispatches(kept: readonly string[] = []) {
  const cookies = new Set(kept);
  const most = REMEMBERED + cookies.size;
  return {
    has: (cookie: string): boolean => cookies.has(cookie),
    add(cookie: string): void {
      cookies.add(cookie);
      for (const oldest of cookies) {
        if (cookies.size <= most) return;
        cookies.delete(oldest);
      }
    },
  };
}
