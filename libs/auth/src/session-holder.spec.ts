import { describe, it } from '@jest/globals';
import { given } from '#testing';
import type { Session } from './session-holder.ts';
import { MAX_SESSIONS } from './session-holder.ts';
import type { ServiceEvent } from './service.ts';
import { service } from './service.ts';
import type { UserEvent } from './user.ts';
import { user } from './user.ts';

const day = (n: number): string => new Date(Date.UTC(2026, 0, n)).toISOString();
const session = (id: string, opened: number, expires = opened + 14): Session => ({
  session: id,
  user: 'alice',
  source: '192.0.2.1',
  opened: day(opened),
  expires: day(expires),
});
const opened = (id: string, on: number) => ({ type: 'SessionOpened', data: session(id, on) }) as const;
const closed = (id: string) => ({ type: 'SessionClosed', data: { session: id } }) as const;
const open = (id: string, on: number, credential = 'key') =>
  ({ type: 'OpenSession', data: { ...session(id, on), credential } }) as const;

const aUser: UserEvent[] = [
  {
    type: 'UserCreated',
    data: { superuser: false, enabled: true, groups: [], permissions: [], credential: 'key' },
  },
];
const aService: ServiceEvent[] = [
  { type: 'ServiceDefined', data: { enabled: true, serves: { sites: [], modules: [] }, permissions: [] } },
  { type: 'ServiceTokenRenewed', data: { credential: 'key' } },
];

// One story for both kinds of holders.
describe.each([
  { kind: 'a user', holder: given.bind(undefined, user as never), there: aUser, disabled: 'UserDisabled' },
  { kind: 'a service', holder: given.bind(undefined, service as never), there: aService, disabled: 'ServiceDisabled' },
])('the sessions of $kind', ({ holder, there, disabled }) => {
  const after = (...events: object[]) => holder(...([...there, ...events] as never[]));
  const say = (command: object) => command as never;

  it('open with the credential that was checked', () => {
    after()
      .when(say(open('s1', 1)))
      .yields(say(opened('s1', 1)));
  });

  it.each([
    ['nobody is there', () => holder(), open('s1', 1)],
    ['the credential was replaced meanwhile', () => after(), open('s1', 1, 'old key')],
    ['the holder is disabled', () => after({ type: disabled, data: {} }), open('s1', 1)],
  ])('stay closed where %s', (_, state, command) => {
    state().when(say(command)).refuses('', 'INVALID_LOGIN');
  });

  it('are several at a time; those that have run out are closed when another opens', () => {
    after(opened('s1', 1), opened('s2', 10))
      .when(say(open('s3', 12)))
      .yields(say(opened('s3', 12)));
    after(opened('s1', 1), opened('s2', 10))
      .when(say(open('s3', 16)))
      .yields(say(closed('s1')), say(opened('s3', 16)));
  });

  it('are so many at the most: the oldest makes room', () => {
    const many = Array.from({ length: MAX_SESSIONS }, (_, n) => opened(`s${n}`, 10));
    after(...many)
      .when(say(open('new', 11)))
      .yields(say(closed('s0')), say(opened('new', 11)));
    after(opened('old', 1), ...many.slice(1))
      .when(say(open('new', 20)))
      .yields(say(closed('old')), say(opened('new', 20)));
  });

  it('close one by one, once', () => {
    const close = say({ type: 'CloseSession', data: { session: 's1' } });
    after(opened('s1', 1), opened('s2', 1))
      .when(close)
      .yields(say(closed('s1')));
    after(opened('s1', 1), closed('s1')).when(close).yieldsNothing();
    holder().when(close).yieldsNothing();
  });

  it('close all together', () => {
    const close = say({ type: 'CloseSessions', data: {} });
    after(opened('s1', 1), opened('s2', 1))
      .when(close)
      .yields(say(closed('s1')), say(closed('s2')));
    after().when(close).yieldsNothing();
    holder().when(close).yieldsNothing();
  });

  it('close when they have run out', () => {
    const close = say({ type: 'CloseExpiredSessions', data: { now: day(16) } });
    after(opened('s1', 1), opened('s2', 10))
      .when(close)
      .yields(say(closed('s1')));
    after(opened('s2', 10)).when(close).yieldsNothing();
    holder().when(close).yieldsNothing();
  });
});
