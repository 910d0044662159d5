import { describe, it } from '@jest/globals';
import { given } from '#testing';
import type { GroupCommand, GroupEvent } from './group.ts';
import { group } from './group.ts';

const defined: GroupEvent = { type: 'GroupDefined', data: { permissions: ['a', 'b'] } };
const define: GroupCommand = { type: 'DefineGroup', data: { name: 'staff', permissions: ['b', 'a', 'a'] } };
const change = (permissions: readonly string[]): GroupCommand => ({ type: 'ChangeGroup', data: { permissions } });
const event = (type: GroupEvent['type'], data: object = {}): GroupEvent => ({ type, data }) as GroupEvent;

describe('a group', () => {
  it('is defined once, and again when it is gone', () => {
    given(group).when(define).yields(defined);
    given(group, defined).when(define).refuses('name', 'TAKEN');
    given(group, defined, event('GroupClosed')).when(define).refuses('name', 'TAKEN');
    given(group, defined, event('GroupClosed'), event('GroupDeleted')).when(define).yields(defined);
  });

  it('is granted permissions and has them revoked, one by one', () => {
    given(group, defined)
      .when(change(['b', 'd', 'c']))
      .yields(
        event('GroupPermissionGranted', { permission: 'c' }),
        event('GroupPermissionGranted', { permission: 'd' }),
        event('GroupPermissionRevoked', { permission: 'a' }),
      );
    given(group, defined, event('GroupPermissionRevoked', { permission: 'a' }))
      .when(change(['b']))
      .yieldsNothing();
    given(group, defined, event('GroupPermissionGranted', { permission: 'c' }))
      .when(change(['a', 'b', 'c']))
      .yieldsNothing();
  });

  it('is changed only while it is open', () => {
    given(group).when(change([])).refuses('', 'NOT_FOUND');
    given(group, defined, event('GroupClosed')).when(change([])).refuses('', 'NOT_FOUND');
  });
});
