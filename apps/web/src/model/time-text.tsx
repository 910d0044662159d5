import { useSyncExternalStore } from 'react';
import { exactTime, howLongAgo } from './times.ts';

/** How often relative times are told anew, in milliseconds. */
const TICK_MS = 10_000;

let now = Date.now();
const watchers = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

function watch(changed: () => void): () => void {
  watchers.add(changed);
  ticking ??= setInterval(() => {
    now = Date.now();
    for (const one of watchers) one();
  }, TICK_MS);
  return () => {
    watchers.delete(changed);
    if (watchers.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}

/** A moment as how long ago it is; the exact one is in its tooltip. */
export function TimeText({ time }: { readonly time: string }) {
  const seen = useSyncExternalStore(watch, () => now);
  return (
    <time dateTime={time} title={exactTime(time)}>
      {howLongAgo(time, Math.max(seen, now))}
    </time>
  );
}
