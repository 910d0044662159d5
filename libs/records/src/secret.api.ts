import { defineModel, EraseSecret, integer, staticAction, text } from '#api';

/** Secrets whatever they belonged to, for those who clean up after objects that are no more. */
export const secretModel = defineModel({
  path: 'Records/Secret',
  doc: 'Passwords, tokens and other secrets; nobody is shown their values.',
  protocols: ['rest'],
  fields: {},
  actions: {
    erase: staticAction({
      doc: 'Forgets every value a secret ever had, for good; also where its object is gone.',
      parameters: {
        owner: text(undefined, { required: true, doc: 'What it belonged to: `Site cellar db_password`.' }),
      },
      returns: integer(),
      permission: { grant: 'Records.can_erase_secret' },
      command: ({ owner }) => new EraseSecret(owner, 'owner'),
    }),
  },
});
