/**
 * Does for many at once what is asked for one by one: what is asked for while a batch is under way goes into the next one.
 * A batch that fails fails for all that are in it.
 */
export function batched<Q, A>(
  carryOut: (asked: readonly Q[]) => Promise<readonly A[]>,
  maxBatch: number,
): (asked: Q) => Promise<A> {
  let waiting: {
    readonly asked: Q;
    readonly resolve: (answer: A) => void;
    readonly reject: (error: unknown) => void;
  }[] = [];
  let busy = false;
  const run = async (): Promise<void> => {
    busy = true;
    // What is asked for in the same moment goes along.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      try {
        const answers = await carryOut(batch.map(({ asked }) => asked));
        for (const [n, { resolve }] of batch.entries()) resolve(answers[n] as A);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    busy = false;
  };
  return (asked) =>
    new Promise((resolve, reject) => {
      waiting.push({ asked, resolve, reject });
      if (!busy) void run();
    });
}
