import { call, pathOf } from '../api/request.ts';
import { textOf } from '../api/problem.ts';
import type { JobAction } from './job-actions.ts';
import { modelFor } from './job-actions.ts';

/** How many requests are under way at a time, where something is done with many jobs. */
const AT_A_TIME = 6;

interface Named {
  readonly id: number;
  readonly model: string;
}

/** Does something with one job; why is kept in the log. @throws Problem */
export const doJobAction = (action: JobAction, { id, model }: Named, reason: string): Promise<unknown> =>
  call(
    pathOf(modelFor(action, model), id, action.name),
    {},
    reason === '' ? {} : { headers: { 'Contractor-Reason': asHeader(reason) } },
  );

/** A text as a header holds it: its bytes in UTF-8, one to a character. */
export const asHeader = (text: string): string =>
  String.fromCharCode(...new TextEncoder().encode(text.replaceAll(/\s+/g, ' ')));

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
