import type { Model, Values } from '#api';
import { asText, dateTime, text } from '#api';
import type { Pxe } from './pxe.ts';
import { pxe } from './pxe.ts';
import type { PxeRow } from './pxes.ts';
import { pxes } from './pxes.ts';

const changes = ({ boot_script: bootScript, template }: Values): Partial<Pxe> =>
  Object.fromEntries(Object.entries({ bootScript, template }).filter(([, value]) => value !== undefined));

/** What machines boot over the network. Its name has no pattern of its own: any that a URI can hold will do. */
export const pxeModel: Model<PxeRow> = {
  path: 'BluePrint/PXE',
  doc: 'What a machine boots over the network, and the answers for its installer.',
  idField: 'name',
  fields: {
    name: text(50, { mode: 'RC', required: true }),
    boot_script: text(undefined, { required: true }),
    template: text(undefined, { required: true }),
    updated: dateTime({ mode: 'RO' }),
    created: dateTime({ mode: 'RO' }),
  },
  rows: pxes,
  present: ({ bootScript, ...row }, name) => ({ ...row, name, boot_script: bootScript }),
  create: async (work, values) => {
    const name = asText(values['name']);
    await work.decide(pxe, name, { type: 'DefinePxe', data: { name, ...(changes(values) as Pxe) } });
    return name;
  },
  update: async (work, name, values) => {
    await work.decide(pxe, name, { type: 'ChangePxe', data: changes(values) });
  },
  deletion: {
    close: async (work, name) => void (await work.decide(pxe, name, { type: 'ClosePxe', data: {} })),
    reopen: async (work, name) => void (await work.decide(pxe, name, { type: 'ReopenPxe', data: {} })),
    users: async () => [],
    remove: async (work, name) => void (await work.decide(pxe, name, { type: 'DeletePxe', data: {} })),
  },
};
