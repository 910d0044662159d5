import { textOf } from '../api/problem.ts';

/** How many requests are under way at a time. */
const AT_A_TIME = 6;

/** What came of something that was done with many. */
export interface ManyDone {
  readonly done: number;
  /** Who refused, with what the server says. */
  readonly refused: readonly (readonly [id: number, text: string])[];
}

/** Does something with many jobs, some at a time; one that is refused keeps none of the others back. */
export async function doWithMany<T extends { readonly id: number }>(
  jobs: readonly T[],
  act: (job: T) => Promise<unknown>,
): Promise<ManyDone> {
  const left = [...jobs];
  const refused: (readonly [number, string])[] = [];
  const work = async (): Promise<void> => {
    for (let job = left.shift(); job; job = left.shift()) {
      try {
        await act(job);
      } catch (error) {
        refused.push([job.id, textOf(error)]);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, jobs.length) }, work));
  return { done: jobs.length - refused.length, refused: refused.toSorted(([a], [b]) => a - b) };
}
