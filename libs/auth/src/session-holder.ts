import type { Message } from '#kernel';
import { refuse } from '#kernel';

/** A session is known by the hash of its token; the token itself is known to its holder alone. */
export interface Session {
  readonly session: string;
  /** Name of the user or service that holds it. */
  readonly user: string;
  /** Address it was opened from. */
  readonly source: string;
  /** ISO 8601. */
  readonly opened: string;
  readonly expires: string;
}

/** Who can log in. */
export interface Holder {
  enabled: boolean;
  /**
   * What they are let in by: the id of a password's verifier in the ledger, or the hash of a token; null: nothing yet.
   * The password or token itself never stands in an event.
   */
  credential: string | null;
  /** Blocks of addresses a session may be opened from; undefined: any. */
  readonly networks?: readonly string[];
  /** Whether it is let in by what everybody knows, as existing agents and boot images expect; undefined: it is not. */
  legacy?: boolean;
  /** Open sessions, the oldest first: hash of the token → when it ends. */
  readonly sessions: Map<string, string>;
}

export type SessionCommand =
  /** `credential` is what was checked: a session opens only while it still holds; null: somebody else vouches for them. */
  | Message<'OpenSession', Session & { readonly credential: string | null }>
  | Message<'CloseSession', { readonly session: string }>
  | Message<'CloseSessions', object>
  | Message<'CloseExpiredSessions', { readonly now: string }>;

export type SessionEvent = Message<'SessionOpened', Session> | Message<'SessionClosed', { readonly session: string }>;

/** How many sessions one holder may have open; a further one ends the oldest. */
export const MAX_SESSIONS = 500;

/** The ends of sessions. */
export const closed = (sessions: Iterable<string>): SessionEvent[] =>
  [...sessions].map((session) => ({ type: 'SessionClosed', data: { session } }));

const expired = (sessions: ReadonlyMap<string, string>, now: string): string[] =>
  [...sessions].filter(([, expires]) => expires < now).map(([session]) => session);

/** The oldest of those that go on, where there are too many for one more. */
const surplus = (sessions: ReadonlyMap<string, string>, gone: readonly string[]): string[] => {
  const staying = [...sessions.keys()].filter((session) => !gone.includes(session));
  return staying.slice(0, Math.max(0, staying.length + 1 - MAX_SESSIONS));
};

type State<H extends Holder = Holder> = H | undefined;

/** The rules of sessions, to be spread into the decider of whoever holds them. */
export const sessionRules = {
  decide: {
    OpenSession: ({ credential, ...session }: Session & { readonly credential: string | null }, state: State) => {
      const holds = credential === null || state?.credential === credential;
      if (!state?.enabled || !holds) return refuse('', 'INVALID_LOGIN', 'Invalid Login');
      const gone = expired(state.sessions, session.opened);
      return [
        ...closed([...gone, ...surplus(state.sessions, gone)]),
        { type: 'SessionOpened', data: session } satisfies SessionEvent,
      ];
    },
    CloseSession: ({ session }: { readonly session: string }, state: State) =>
      state?.sessions.has(session) ? closed([session]) : [],
    CloseSessions: (_: object, state: State) => closed(state?.sessions.keys() ?? []),
    CloseExpiredSessions: ({ now }: { readonly now: string }, state: State) =>
      state ? closed(expired(state.sessions, now)) : [],
  },
  evolve: {
    SessionOpened: <H extends Holder>({ session, expires }: Session, state: State<H>): State<H> => {
      state?.sessions.set(session, expires);
      return state;
    },
    SessionClosed: <H extends Holder>({ session }: { readonly session: string }, state: State<H>): State<H> => {
      state?.sessions.delete(session);
      return state;
    },
  },
};
