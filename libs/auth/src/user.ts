import type { Decider, Message } from '#kernel';
import { refuse } from '#kernel';

/** Somebody who can log in. */
interface User {
  readonly superuser: boolean;
  /** Id of the password's verifier in the ledger; passwords and what they are checked by never stand in an event. */
  credential: string;
  /** Open sessions: hash of the token → when it ends. */
  readonly sessions: Map<string, string>;
}

type State = User | undefined;

/** A session is known by the hash of its token; the token itself is known to its holder alone. */
export interface Session {
  readonly session: string;
  readonly user: string;
  /** ISO 8601. */
  readonly opened: string;
  readonly expires: string;
}

export type UserCommand =
  | Message<'CreateUser', { readonly name: string; readonly superuser: boolean; readonly credential: string }>
  | Message<'ChangePassword', { readonly user: string; readonly credential: string }>
  | Message<'OpenSession', Session>
  | Message<'CloseSession', { readonly session: string }>;

export type UserEvent =
  | Message<'UserCreated', { readonly superuser: boolean; readonly credential: string }>
  | Message<'PasswordChanged', { readonly credential: string }>
  | Message<'SessionOpened', Session>
  | Message<'SessionClosed', { readonly session: string }>;

export const user: Decider<State, UserCommand, UserEvent> = {
  category: 'user',
  initial: () => undefined,
  decide: {
    CreateUser: ({ superuser, credential }, state) =>
      state
        ? refuse('name', 'TAKEN', 'User with this Name already exists.')
        : { type: 'UserCreated', data: { superuser, credential } },
    // With the password go all sessions that were opened with it.
    ChangePassword: ({ credential }, state) =>
      state
        ? [
            { type: 'PasswordChanged', data: { credential } },
            ...[...state.sessions.keys()].map((session): UserEvent => ({ type: 'SessionClosed', data: { session } })),
          ]
        : refuse('', 'NOT_FOUND', 'there is no such user'),
    OpenSession: (session, state) =>
      state
        ? [
            ...[...state.sessions]
              .filter(([, expires]) => expires < session.opened)
              .map(([old]): UserEvent => ({ type: 'SessionClosed', data: { session: old } })),
            { type: 'SessionOpened', data: session },
          ]
        : refuse('', 'NOT_FOUND', 'there is no such user'),
    CloseSession: ({ session }, state) =>
      state?.sessions.has(session) ? { type: 'SessionClosed', data: { session } } : [],
  },
  evolve: {
    UserCreated: ({ superuser, credential }) => ({ superuser, credential, sessions: new Map() }),
    PasswordChanged: ({ credential }, state) => {
      if (state) state.credential = credential;
      return state;
    },
    SessionOpened: ({ session, expires }, state) => {
      state?.sessions.set(session, expires);
      return state;
    },
    SessionClosed: ({ session }, state) => {
      state?.sessions.delete(session);
      return state;
    },
  },
};
