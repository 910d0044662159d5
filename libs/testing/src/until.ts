/** Resolves as soon as the condition holds (it is looked at every few milliseconds); rejects after thirty seconds. */
export function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (how: () => void) => {
      clearInterval(looking);
      clearTimeout(limit);
      how();
    };
    const look = () => condition() && end(resolve);
    const looking = setInterval(look, 5);
    const limit = setTimeout(() => end(() => reject(new Error(`never came true: ${String(condition)}`))), 30_000);
    look();
  });
}
