import { defineModel, EraseSecret, integer, shape, shaped, staticAction, text } from '#api';
import type { SecretReads } from '#secrets';
import { MAX_READS_LISTED } from '#secrets';

const readsShape = shape.record({
  reads: shape.list(
    shape.record({
      secret: shape.text('Id of the value.'),
      owner: shape.textOrNull('What it belongs to: `Site cellar db_password`.'),
      reader: shape.text('Who: a machine (`Structure 12`), agents, or a name and where it called from.'),
      hour: shape.text('The beginning of the hour, ISO 8601.'),
      times: shape.count('How often in that hour.'),
    }),
  ),
});

/** Secrets whatever they belonged to, for those who clean up after objects that are no more, or look who has read them. */
export const secretModel = (reads: Pick<SecretReads, 'list'>) =>
  defineModel({
    path: 'Records/Secret',
    doc: 'Passwords, tokens and other secrets; nobody is shown their values.',
    protocols: ['rest'],
    fields: {},
    actions: {
      reads: staticAction({
        doc: 'Who was handed secrets in clear text: one row for each reader, secret and hour, the last hours first.',
        parameters: {
          secret: text(undefined, { default: '', doc: 'Part of what it belongs to, or its id; empty: all.' }),
          reader: text(undefined, { default: '', doc: 'Part of the name of the reader; empty: all.' }),
          count: integer({ default: 100, doc: `${MAX_READS_LISTED} at the most.` }),
        },
        returns: shaped(readsShape),
        permission: { grant: 'Records.view_secret' },
        query: async ({ secret, reader, count }) => ({
          reads: await reads.list({
            ...(secret ? { secret } : {}),
            ...(reader ? { reader } : {}),
            count: Math.min(Math.max(1, count ?? 100), MAX_READS_LISTED),
          }),
        }),
      }),
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
