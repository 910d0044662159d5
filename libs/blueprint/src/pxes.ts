import type { ReadModel } from '#read-store';
import { change, gone, rule } from '#read-store';
import type { Pxe } from './pxe.ts';

/** What is booted over the network, as it is shown. */
export interface PxeRow extends Readonly<Pxe> {
  readonly created: string;
  readonly updated: string;
}

const changed = change<PxeRow, Partial<Pxe>>((row, { data, at }) => ({ ...row, ...data, updated: at }));

/** What can be booted over the network, by name. */
export const pxes: ReadModel<PxeRow> = {
  name: 'pxes',
  version: 1,
  key: 'text',
  history: true,
  indexes: {},
  on: {
    PxeDefined: rule<PxeRow, Pxe>((_, { data, at }) => ({ ...data, created: at, updated: at })),
    BootScriptWritten: changed,
    PxeTemplateWritten: changed,
    PxeDeleted: gone(),
  },
};
