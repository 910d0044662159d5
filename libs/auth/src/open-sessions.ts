import type { ReadModel } from '#read-store';
import { gone, rule } from '#read-store';
import type { Session } from './session-holder.ts';

/** Open sessions by the hash of their token; those that have run out stay until they are swept (`expiry.ts`). */
export const openSessions: ReadModel<Session> = {
  name: 'sessions',
  version: 2,
  key: 'text',
  history: false,
  indexes: { user: ({ user }) => user },
  on: {
    SessionOpened: rule<Session, Session>(
      (_, { data }) => data,
      ({ data }) => data.session,
    ),
    SessionClosed: gone<Session, { session: string }>(({ data }) => data.session),
  },
};
