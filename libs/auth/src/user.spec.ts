import { describe, it } from '@jest/globals';
import { given } from '#testing';
import type { UserCommand, UserEvent } from './user.ts';
import { user } from './user.ts';

const traits = { superuser: false, enabled: true, groups: ['staff'], permissions: ['Site.view_site'] };
const created: UserEvent = { type: 'UserCreated', data: { ...traits, credential: 'verifier' } };
const opened: UserEvent = {
  type: 'SessionOpened',
  data: { session: 's1', user: 'alice', source: '', opened: '2026-01-01', expires: '2026-01-15' },
};
const closed: UserEvent = { type: 'SessionClosed', data: { session: 's1' } };

const create: UserCommand = { type: 'CreateUser', data: { name: 'alice', ...traits, credential: 'verifier' } };
const change = (data: Extract<UserCommand, { type: 'ChangeUser' }>['data']): UserCommand => ({
  type: 'ChangeUser',
  data,
});
const event = (type: UserEvent['type'], data: object = {}): UserEvent => ({ type, data }) as UserEvent;

describe('a user', () => {
  it('is created once', () => {
    given(user).when(create).yields(created);
    given(user, created).when(create).refuses('name', 'TAKEN');
  });

  it('may be created again when deleted: with nothing of the one before', () => {
    given(user, created, event('UserDeleted', { replaced: 'verifier' }))
      .when(create)
      .yields(created);
  });

  it('has groups and permissions each once, in order', () => {
    given(user)
      .when({ ...create, data: { ...create.data, groups: ['b', 'a', 'b'], permissions: ['y', 'x', 'x'] } })
      .yields(event('UserCreated', { ...traits, groups: ['a', 'b'], permissions: ['x', 'y'], credential: 'verifier' }));
  });

  it.each<[string, Parameters<typeof change>[0], UserEvent[]]>([
    ['nothing', {}, []],
    ['what holds already', traits, []],
    ['being a superuser', { superuser: true }, [event('UserPromoted')]],
    [
      'groups',
      { groups: ['ops', 'dev'] },
      [
        event('UserJoinedGroup', { group: 'dev' }),
        event('UserJoinedGroup', { group: 'ops' }),
        event('UserLeftGroup', { group: 'staff' }),
      ],
    ],
    ['permissions', { permissions: [] }, [event('UserPermissionRevoked', { permission: 'Site.view_site' })]],
    [
      'one permission more',
      { permissions: ['Site.view_site', 'Site.add_site'] },
      [event('UserPermissionGranted', { permission: 'Site.add_site' })],
    ],
  ])('changes: %s', (_, data, events) => {
    given(user, created)
      .when(change(data))
      .yields(...events);
  });

  it('changes back', () => {
    given(user, created, event('UserPromoted'))
      .when(change({ superuser: false }))
      .yields(event('UserDemoted'));
    given(user, created, event('UserDisabled'))
      .when(change({ enabled: true }))
      .yields(event('UserEnabled'));
    given(user, created, event('UserLeftGroup', { group: 'staff' }))
      .when(change({ groups: ['staff'] }))
      .yields(event('UserJoinedGroup', { group: 'staff' }));
  });

  it('loses all sessions when disabled, given a new password, or deleted', () => {
    given(user, created, opened)
      .when(change({ enabled: false }))
      .yields(event('UserDisabled'), closed);
    given(user, created, opened)
      .when({ type: 'ChangePassword', data: { credential: 'new' } })
      .yields(event('PasswordChanged', { credential: 'new', replaced: 'verifier' }), closed);
    given(user, created, opened)
      .when({ type: 'DeleteUser', data: {} })
      .yields(closed, event('UserDeleted', { replaced: 'verifier' }));
  });

  it.each<UserCommand>([
    change({ enabled: false }),
    { type: 'ChangePassword', data: { credential: 'new' } },
    { type: 'DeleteUser', data: {} },
  ])('that is not there is not found: $type', (command) => {
    given(user).when(command).refuses('', 'NOT_FOUND');
    given(user, created, event('UserDeleted', { replaced: null }))
      .when(command)
      .refuses('', 'NOT_FOUND');
  });
});
