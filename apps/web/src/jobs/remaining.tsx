import { useClock } from './clock.ts';
import { durationText } from './durations.ts';

/** How long a job usually still takes: seconds as they were when it was told, counted down since. */
export function Remaining({ seconds, seen }: { readonly seconds: number | null; readonly seen: number }) {
  const now = useClock();
  if (seconds === null) return null;
  const left = seconds * 1000 - Math.max(0, now - seen);
  return left > 0 ? (
    <span className="ct-nowrap">{durationText(left)} left</span>
  ) : (
    <span className="ct-nowrap ct-late">any moment</span>
  );
}
