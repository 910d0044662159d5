import { dateTime, defineModel, text } from '#api';
import { ChangePxe, CreatePxe, DeletePxe } from './pxe.commands.ts';
import { pxes } from './pxes.ts';

export const pxeFields = {
  name: text(50, { mode: 'RC', required: true }),
  boot_script: text(undefined, { required: true }),
  template: text(undefined, { required: true }),
  updated: dateTime({ mode: 'RO' }),
  created: dateTime({ mode: 'RO' }),
};

/** What machines boot over the network. Its name has no pattern of its own: any that a URI can hold will do. */
export const pxeModel = defineModel({
  path: 'BluePrint/PXE',
  doc: 'What a machine boots over the network, and the answers for its installer.',
  idField: 'name',
  fields: pxeFields,
  rows: pxes,
  sites: 'none',
  present: ({ bootScript, ...row }, name) => ({ ...row, name, boot_script: bootScript }),
  create: (values) => new CreatePxe(values),
  update: (name, values) => new ChangePxe(name, values),
  deletion: { command: (names) => new DeletePxe(names) },
});
