import { useState } from 'react';
import type { Problem } from '../api/problem.ts';
import type { Flaw } from './form-values.ts';

type Faults = Readonly<Record<string, string>>;

/** What is at fault in a form, by field: what cannot be read, and what the server refuses. */
export function useFaults(fields: Readonly<Record<string, unknown>>): {
  readonly faults: Faults;
  /** Notes what cannot be read; false: there is something. */
  readonly note: (flaws: readonly Flaw[]) => boolean;
  /** Notes what the server refuses; false: not all of it stands at a field. */
  readonly take: (problem: Problem | undefined) => boolean;
} {
  const [faults, setFaults] = useState<Faults>({});
  return {
    faults,
    note: (flaws) => {
      setFaults(Object.fromEntries(flaws.map(({ field, text }) => [field, text])));
      return flaws.length === 0;
    },
    take: (problem) => {
      const names = [...new Set((problem?.errors ?? []).map(({ field }) => field.split('.')[0] ?? ''))];
      const known = names.filter((name) => name in fields);
      setFaults(Object.fromEntries(known.map((name) => [name, textAt(problem, name)])));
      return known.length > 0 && known.length === names.length;
    },
  };
}

const textAt = (problem: Problem | undefined, name: string): string =>
  (problem?.errors ?? [])
    .filter(({ field }) => field === name || field.startsWith(`${name}.`))
    .map(({ text }) => text)
    .join('; ');
