import { dateTime, defineModel, parameter, shaped, staticAction, text } from '#api';
import { pxeLint, pxeLintShape } from './pxe-lint.ts';
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
  actions: {
    lint: staticAction({
      doc: 'Why a boot script or template cannot be rendered, whatever the machine, with its place; before it is saved.',
      protocols: ['rest'],
      sites: 'none',
      parameters: { text: parameter.text() },
      returns: shaped(pxeLintShape),
      permission: { grant: 'BluePrint.view_pxe' },
      query: async ({ text: given }) => pxeLint(given ?? ''),
    }),
  },
});
