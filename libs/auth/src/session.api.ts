import { asText, dateTime, defineModel, parameter, text } from '#api';
import type { People } from '#people';
import { MAX_NAME_LENGTH } from './names.ts';
import { openSessions } from './open-sessions.ts';
import { DeleteSession } from './session.commands.ts';

/** Open sessions; deleting one ends it. */
export const sessionModel = (people: Pick<People, 'allInside'>) =>
  defineModel({
    path: 'Auth/Session',
    doc: 'An open session of a user or a service.',
    protocols: ['rest'],
    idField: 'id',
    fields: {
      id: text(64, { mode: 'RO' }),
      user: text(MAX_NAME_LENGTH, { mode: 'RO' }),
      source: text(undefined, { mode: 'RO', doc: 'Address it was opened from.' }),
      opened: dateTime({ mode: 'RO' }),
      expires: dateTime({ mode: 'RO' }),
    },
    rows: openSessions,
    sites: 'none',
    owned: {
      index: 'user',
      others: { view: { grant: 'Auth.view_session' }, delete: { grant: 'Auth.delete_session' } },
    },
    permissions: { view: 'session', delete: 'session' },
    present: ({ session, ...row }) => ({ ...row, id: session }),
    filters: {
      user: {
        parameters: { user: parameter.text() },
        where: async ({ user }) => ({ user: { any: await people.allInside(asText(user)) } }),
      },
    },
    deletion: { command: (ids) => new DeleteSession(ids) },
  });
