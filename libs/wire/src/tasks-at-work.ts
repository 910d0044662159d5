import type { Outcome, Task } from './wire.ts';
import { observedBy } from './wire.ts';

type Ending = Promise<Outcome | undefined>;

/** The tasks that an agent is at work on, by module, function and id; it holds an entry for each. */
export function tasksAtWork() {
  const endings = new Map<string, Ending>();
  const keyOf = (module: string, name: string, task: string): string => `${module} ${name} ${task}`;

  return {
    /** How a task that this one asks about ends; undefined where this one asks about none, or about none that is at work. */
    askedAbout({ module, function: name, task }: Task): Ending | undefined {
      const of = observedBy(name);
      return of === undefined ? undefined : endings.get(keyOf(module, of, task));
    },

    /** An agent is at work on a task until it ends. @returns how it ends */
    async note({ module, function: name, task }: Task, ending: Ending): Ending {
      const key = keyOf(module, name, task);
      endings.set(key, ending);
      try {
        return await ending;
      } finally {
        if (endings.get(key) === ending) endings.delete(key);
      }
    },
  };
}

/** How a task has ended, told as what became of it: done, or failed with why; nothing where it was given up. */
export const toldOf = (outcome: Outcome | undefined): Outcome | undefined => {
  if (outcome === undefined) return undefined;
  if ('result' in outcome) return { result: { state: 'done', result: outcome.result } };
  return { result: { state: 'failed', reason: outcome.error } };
};
