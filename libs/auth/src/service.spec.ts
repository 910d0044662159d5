import { describe, it } from '@jest/globals';
import { given } from '#testing';
import type { ServiceCommand, ServiceEvent, ServiceTraits } from './service.ts';
import { service } from './service.ts';

const event = (type: ServiceEvent['type'], data: object = {}): ServiceEvent => ({ type, data }) as ServiceEvent;
const serves = { sites: ['berlin'], modules: ['iputils'] };
const defined = event('ServiceDefined', { enabled: true, serves, permissions: ['Site.view_site'] });
const renewed = event('ServiceTokenRenewed', { credential: 'hash' });
const opened = event('SessionOpened', {
  session: 's1',
  user: 'agent',
  source: '',
  opened: '2026-01-01',
  expires: '2026-01-15',
});
const closed = event('SessionClosed', { session: 's1' });
const traits: ServiceTraits = { enabled: true, ...serves, permissions: ['Site.view_site'] };
const define: ServiceCommand = { type: 'DefineService', data: { name: 'agent', ...traits } };
const change = (data: Partial<ServiceTraits>): ServiceCommand => ({ type: 'ChangeService', data });

describe('a service', () => {
  it('is defined once, and again when it is deleted', () => {
    given(service).when(define).yields(defined);
    given(service, defined).when(define).refuses('name', 'TAKEN');
    given(service, defined, event('ServiceDeleted')).when(define).yields(defined);
  });

  it.each<[string, Partial<ServiceTraits>, ServiceEvent[]]>([
    ['nothing', {}, []],
    ['what holds already', traits, []],
    ['its sites', { sites: ['b', 'a'] }, [event('ServiceAssigned', { serves: { ...serves, sites: ['a', 'b'] } })]],
    ['its modules', { modules: ['*'] }, [event('ServiceAssigned', { serves: { ...serves, modules: ['*'] } })]],
    [
      'its permissions',
      { permissions: ['x'] },
      [
        event('ServicePermissionGranted', { permission: 'x' }),
        event('ServicePermissionRevoked', { permission: 'Site.view_site' }),
      ],
    ],
  ])('changes: %s', (_, data, events) => {
    given(service, defined)
      .when(change(data))
      .yields(...events);
  });

  it('changes back', () => {
    given(service, defined, event('ServiceDisabled'))
      .when(change({ enabled: true }))
      .yields(event('ServiceEnabled'));
    given(service, defined, event('ServiceAssigned', { serves: { sites: [], modules: [] } }))
      .when(change(serves))
      .yields(event('ServiceAssigned', { serves }));
    given(service, defined, event('ServicePermissionRevoked', { permission: 'Site.view_site' }))
      .when(change({ permissions: [] }))
      .yieldsNothing();
  });

  it('loses all sessions when disabled, given a new token, or deleted', () => {
    given(service, defined, renewed, opened)
      .when(change({ enabled: false }))
      .yields(event('ServiceDisabled'), closed);
    given(service, defined, renewed, opened)
      .when({ type: 'RenewToken', data: { credential: 'new' } })
      .yields(event('ServiceTokenRenewed', { credential: 'new' }), closed);
    given(service, defined, renewed, opened)
      .when({ type: 'DeleteService', data: {} })
      .yields(closed, event('ServiceDeleted'));
  });

  it.each<ServiceCommand>([
    change({ enabled: false }),
    { type: 'RenewToken', data: { credential: 'new' } },
    { type: 'DeleteService', data: {} },
  ])('that is not there is not found: $type', (command) => {
    given(service).when(command).refuses('', 'NOT_FOUND');
  });
});
