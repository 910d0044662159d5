import { useSyncExternalStore } from 'react';

let now = Date.now();
const watchers = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

function watch(changed: () => void): () => void {
  watchers.add(changed);
  if (ticking === undefined) {
    now = Date.now();
    ticking = setInterval(() => {
      now = Date.now();
      for (const one of watchers) one();
    }, 1000);
  }
  return () => {
    watchers.delete(changed);
    if (watchers.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}

/** What the clock of the browser says, to the second, for what counts up or down: milliseconds since 1970. */
export const useClock = (): number => useSyncExternalStore(watch, () => now);
