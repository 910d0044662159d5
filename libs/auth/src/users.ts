import type { ReadModel } from '#read-store';
import { change, gone, rule } from '#read-store';
import type { Session } from './user.ts';

/** A user as the server knows them. */
export interface UserRow {
  readonly superuser: boolean;
  readonly credential: string;
}

/** Users by name. */
export const users: ReadModel<UserRow> = {
  name: 'users',
  version: 1,
  key: 'text',
  history: true,
  indexes: {},
  on: {
    UserCreated: rule<UserRow, UserRow>((_, { data }) => data),
    PasswordChanged: change<UserRow, { credential: string }>((row, { data }) => ({ ...row, ...data })),
  },
};

/** Open sessions by the hash of their token. */
export const sessions: ReadModel<Session> = {
  name: 'sessions',
  version: 1,
  key: 'text',
  history: false,
  indexes: {},
  on: {
    SessionOpened: rule<Session, Session>(
      (_, { data }) => data,
      ({ data }) => data.session,
    ),
    SessionClosed: gone<Session, { session: string }>(({ data }) => data.session),
  },
};
