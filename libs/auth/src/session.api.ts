import type { Model } from '#api';
import { asText, dateTime, text } from '#api';
import type { Session } from './session-holder.ts';
import { decideSessions, kindOf } from './holders.ts';
import { openSessions } from './open-sessions.ts';

/** Open sessions; deleting one ends it. */
export const sessionModel: Model<Session> = {
  path: 'Auth/Session',
  doc: 'An open session of a user or a service.',
  protocols: ['rest'],
  idField: 'id',
  fields: {
    id: text(64, { mode: 'RO' }),
    user: text(150, { mode: 'RO' }),
    source: text(undefined, { mode: 'RO', doc: 'Address it was opened from.' }),
    opened: dateTime({ mode: 'RO' }),
    expires: dateTime({ mode: 'RO' }),
  },
  rows: openSessions,
  present: ({ session, ...row }) => ({ ...row, id: session }),
  filters: {
    user: {
      parameters: { user: { type: { kind: 'String' } } },
      where: ({ user }) => ({ user: asText(user) }),
    },
  },
  // Nothing refers to a session, so there is nobody to look for.
  deletion: {
    close: async () => undefined,
    users: async () => [],
    reopen: async () => undefined,
    remove: async (work, session, view) => {
      const row = await view.get(openSessions, session);
      if (!row) return;
      const command = { type: 'CloseSession', data: { session: row.session } } as const;
      await decideSessions(work, await kindOf(work, row.user), row.user, command);
    },
  },
};
