/** The middle of some numbers: neither a lucky nor an unlucky round counts. */
export const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

/** How long a bench may take; it asks before each of its steps, all of which end by themselves. */
export function timeLimit(minutes: number): { readonly check: () => void } {
  const deadline = performance.now() + minutes * 60_000;
  return {
    check: () => {
      if (performance.now() > deadline) throw new Error(`the bench was ended: it took longer than ${minutes} minutes`);
    },
  };
}
