import { isDeepStrictEqual } from 'node:util';
import type { ConfigCases, ConfigGroup, Outcome } from './config-case.ts';

/** A decision to do something otherwise than it was recorded: which cases it is about, and what must hold of them. */
export interface Rule {
  readonly name: string;
  readonly explains: <G extends ConfigGroup>(group: G, row: ConfigCases[G], outcome: Outcome) => boolean;
}

interface Failed {
  readonly error?: string;
  readonly message?: string;
}

const failed = (row: object): Failed => row;

/** The decisions, in the order in which they are tried. */
export const decidedRules: readonly Rule[] = [
  {
    name: 'what does not settle is given up',
    explains: (_, row, { result, faults }) =>
      failed(row).error === 'endless' && (faults.length > 0 || result !== undefined),
  },
  {
    name: 'a fault is reported on its key, and the rest stands',
    explains: (_, row, { result, faults }) =>
      result !== undefined &&
      faults.some(
        ({ key, error, message }) =>
          key !== undefined && error === failed(row).error && message === failed(row).message,
      ),
  },
  {
    name: 'a key that cannot be sorted is no name',
    explains: (_, row, { faults }) =>
      failed(row).message === 'substring not found' &&
      faults.some(({ message }) => message.startsWith('invalid config value name ')),
  },
  {
    name: 'self is a name like any other',
    explains: (_, row, { faults }) =>
      faults.length === 0 && /multiple values for argument 'self'/.test(failed(row).message ?? ''),
  },
  {
    name: 'a locator keeps its case',
    explains: (group, row, { result }) => {
      if (group !== 'config_url' || !('match' in row)) return false;
      const lower = JSON.parse(JSON.stringify(result).toLowerCase()) as unknown;
      return row.path !== row.path.toLowerCase() && isDeepStrictEqual(lower, row.match);
    },
  },
  {
    name: 'a path ends where it ends, without a line feed',
    explains: (group, row, { result }) =>
      group === 'config_url' && 'path' in row && row.path.endsWith('\n') && result === null,
  },
];
