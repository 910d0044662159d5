import type { ReadModel } from '#read-store';
import { gone, restoredRow, rule } from '#read-store';
import type { Admission, Limit } from './limit.ts';

/** A limit as it is shown. */
export interface LimitRow extends Limit {
  readonly created: string;
  readonly updated: string;
}

/** Limits by id. */
export const limits: ReadModel<LimitRow> = {
  name: 'limits',
  version: 1,
  key: 'text',
  history: true,
  indexes: { site: ({ site }) => site, complex: ({ complex }) => complex, module: ({ module }) => module },
  on: {
    LimitSet: rule<LimitRow, Limit>((row, { data, at }) => ({ ...data, created: row?.created ?? at, updated: at })),
    LimitRemoved: gone<LimitRow>(),
    LimitRestored: restoredRow<LimitRow>(),
  },
};

/** How many have begun under a limit so far, by its id. */
export const limitAdmissions: ReadModel<Pick<Admission, 'number'>> = {
  name: 'limit_admissions',
  version: 1,
  key: 'text',
  history: false,
  indexes: {},
  on: { LimitAdmitted: rule<Pick<Admission, 'number'>, Admission>((_, { data: { number } }) => ({ number })) },
};
