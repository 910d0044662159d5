import { expect, it } from '@jest/globals';
import type { Happened } from '#testing';
import { moment, rowsAfter } from '#testing';
import { groups } from './groups.ts';
import { openSessions } from './open-sessions.ts';
import { services } from './services.ts';
import { users } from './users.ts';

const story = (...events: (readonly [type: string, data?: object])[]): Happened[] =>
  events.map(([type, data = {}]) => ['one', { type, data }] as const);

it.each<[string, (readonly [string, object?])[], object]>([
  ['nothing', [], {}],
  ['UserPromoted', [['UserPromoted']], { superuser: true }],
  ['UserDemoted', [['UserPromoted'], ['UserDemoted']], { superuser: false }],
  ['UserDisabled', [['UserDisabled']], { enabled: false }],
  ['UserEnabled', [['UserDisabled'], ['UserEnabled']], { enabled: true }],
  ['UserJoinedGroup', [['UserJoinedGroup', { group: 'a' }]], { groups: ['a', 'staff'] }],
  ['UserLeftGroup', [['UserLeftGroup', { group: 'staff' }]], { groups: [] }],
  ['UserPermissionGranted', [['UserPermissionGranted', { permission: 'y' }]], { permissions: ['x', 'y'] }],
  ['UserPermissionRevoked', [['UserPermissionRevoked', { permission: 'x' }]], { permissions: [] }],
  ['PasswordChanged', [['PasswordChanged', { credential: 'c', replaced: null }]], { credential: 'c' }],
])('the row of a user after %s', (_, events, expected) => {
  const created = { superuser: false, enabled: true, groups: ['staff'], permissions: ['x'], credential: null };
  const told = story(['UserCreated', created], ...events);
  const times = { created: moment(1), updated: moment(told.length) };
  expect(rowsAfter(users, ...told).get('one')).toEqual({ ...created, ...times, ...expected });
  expect(rowsAfter(users, ...told, ...story(['UserDeleted', { replaced: null }])).size).toBe(0);
});

it.each<[string, (readonly [string, object?])[], readonly string[]]>([
  ['GroupPermissionGranted', [['GroupPermissionGranted', { permission: 'w' }]], ['w', 'x']],
  ['GroupPermissionRevoked', [['GroupPermissionRevoked', { permission: 'x' }]], []],
])('the row of a group after %s', (_, events, permissions) => {
  const told = story(['GroupDefined', { permissions: ['x'] }], ...events);
  expect(rowsAfter(groups, ...told).get('one')).toEqual({ permissions, created: moment(1), updated: moment(2) });
  expect(rowsAfter(groups, ...told, ...story(['GroupClosed'], ['GroupDeleted'])).size).toBe(0);
});

it.each<[string, (readonly [string, object?])[], object]>([
  ['nothing', [], {}],
  [
    'ServiceAssigned',
    [['ServiceAssigned', { serves: { sites: ['*'], modules: [] } }]],
    {
      serves: { sites: ['*'], modules: [] },
    },
  ],
  ['ServiceDisabled', [['ServiceDisabled']], { enabled: false }],
  ['ServiceEnabled', [['ServiceDisabled'], ['ServiceEnabled']], { enabled: true }],
  ['ServicePermissionGranted', [['ServicePermissionGranted', { permission: 'y' }]], { permissions: ['x', 'y'] }],
  ['ServicePermissionRevoked', [['ServicePermissionRevoked', { permission: 'x' }]], { permissions: [] }],
  ['ServiceTokenRenewed', [['ServiceTokenRenewed', { credential: 'hash' }]], { credential: 'hash' }],
])('the row of a service after %s', (_, events, expected) => {
  const defined = { enabled: true, serves: { sites: ['berlin'], modules: ['iputils'] }, permissions: ['x'] };
  const told = story(['ServiceDefined', defined], ...events);
  const times = { created: moment(1), updated: moment(told.length) };
  expect(rowsAfter(services, ...told).get('one')).toEqual({
    ...defined,
    credential: null,
    publicKey: null,
    ...times,
    ...expected,
  });
  expect(rowsAfter(services, ...told, ...story(['ServiceDeleted'])).size).toBe(0);
});

it('the rows of sessions are those that are open, found by their user', () => {
  const session = (id: string) => ({
    session: id,
    user: 'one',
    source: '',
    opened: '2026-01-01',
    expires: '2026-01-15',
  });
  const rows = rowsAfter(
    openSessions,
    ...story(['SessionOpened', session('a')], ['SessionOpened', session('b')], ['SessionClosed', { session: 'a' }]),
  );
  expect([...rows]).toEqual([['b', session('b')]]);
  expect(openSessions.indexes['user']?.(session('b'))).toBe('one');
});
