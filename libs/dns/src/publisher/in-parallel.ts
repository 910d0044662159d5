/** Does something for each, a few at a time. @throws the first error, when what had begun has ended; nothing more is begun then */
export async function inParallel<T>(
  all: readonly T[],
  width: number,
  task: (one: T) => Promise<unknown>,
): Promise<void> {
  const failures: unknown[] = [];
  const rest = all.values();
  const worker = async (): Promise<void> => {
    for (const one of rest) {
      if (failures.length > 0) return;
      try {
        await task(one);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, all.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
