/** Long enough for a busy machine. */
const LIMIT_MS = 120_000;

/** Resolves as soon as the condition holds (it is looked at every few milliseconds); rejects after two minutes. */
export function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (how: () => void) => {
      clearInterval(looking);
      clearTimeout(limit);
      how();
    };
    const look = () => condition() && end(resolve);
    const looking = setInterval(look, 5);
    const limit = setTimeout(() => end(() => reject(new Error(`never came true: ${String(condition)}`))), LIMIT_MS);
    look();
  });
}
