import { describe, expect, it } from '@jest/globals';
import { isSecretName, secretNames } from '#config';
import type { LoggedEvent } from '#event-store';
import type { EventFacts } from './public-event.ts';
import { MAX_DATA_LENGTH, orRestricted, publicEvent } from './public-event.ts';

const event = (stream: string, type: string, data: unknown): LoggedEvent => ({
  stream,
  type,
  data,
  id: stream.slice(stream.indexOf('-') + 1),
  revision: 0,
  position: 12n,
  at: '2026-01-01T00:00:00.000000+00:00',
  actor: 'alice',
  eventId: '00000000-0000-4000-8000-000000000001',
  request: 'r1',
  correlation: 'r1',
});
const facts: EventFacts = { object: { model: 'Building/Structure', id: 3 }, site: 'site1', blueprint: 'web' };

describe('what outsiders are told of an event', () => {
  it('is its kind, its place in the log, who did it and what it concerns', () => {
    expect(publicEvent(event('structure-3', 'StructureRenamed', { hostname: 'web2' }), facts, isSecretName)).toEqual({
      version: 1,
      id: '00000000-0000-4000-8000-000000000001',
      kind: 'structure.renamed',
      position: '12',
      at: '2026-01-01T00:00:00.000000+00:00',
      actor: 'alice',
      request: 'r1',
      reason: null,
      object: { model: 'Building/Structure', id: 3 },
      site: 'site1',
      blueprint: 'web',
      data: { hostname: 'web2' },
    });
  });

  it('has no secrets in it: neither references, nor what stands under names of secrets', () => {
    const configValues = [
      ['port', 80],
      ['db_password', 'clear'],
      ['pin', '1234'],
      ['nested', { api_key: 'k', sealed: { $secret: 's1' } }],
    ];
    const told = publicEvent(
      event('structure-3', 'StructureConfigured', { configValues }),
      facts,
      secretNames(['pin']),
    );
    const masked = '********';
    expect(told?.data).toEqual({
      configValues: { port: 80, db_password: masked, pin: masked, nested: { api_key: masked, sealed: masked } },
    });
  });

  it('is of what was put back, whether it exists and the fields it has then', () => {
    const shown = { origins: { port: { position: '12', actor: 'root' } } };
    const value = { hostname: 'web1', configValues: [['db_password', 'clear']] };
    const told = (data: unknown) => publicEvent(event('structure-3', 'StructureRestored', data), facts, isSecretName);
    expect(told({ value, shown })).toMatchObject({
      kind: 'structure.restored',
      data: { exists: true, hostname: 'web1', configValues: { db_password: '********' } },
    });
    expect(told({ value: null, shown: {} })?.data).toEqual({ exists: false });
  });

  it('is no `config_uuid` where nobody looks whether they may see it', () => {
    const told = (isSecret: typeof isSecretName) =>
      publicEvent(event('structure-3', 'StructureDefined', { configUuid: 'b1', hostname: 'web1' }), facts, isSecret)
        ?.data;
    expect(told(isSecretName)).toMatchObject({ configUuid: 'b1', hostname: 'web1' });
    expect(told(orRestricted(isSecretName))).toMatchObject({ configUuid: '********', hostname: 'web1' });
  });

  it('is nothing of what goes on inside of jobs, and of whom they belong to', () => {
    const job = {
      script: 'create',
      description: 'host1',
      creator: 'root',
      target: { model: 'Building/Foundation', id: 'host1' },
    };
    const data = { message: 'done', task: '12-1', cookie: 'c', outcome: 'd', machine: { variables: { key: 'x' } } };
    const told = publicEvent(event('job-12', 'JobStepCompleted', data), { ...facts, job }, isSecretName);
    expect(told).toMatchObject({ kind: 'job.step_completed', data: { message: 'done', task: '12-1', ...job } });
    expect(Object.keys(told?.data as object)).toEqual([
      'message',
      'task',
      'script',
      'description',
      'creator',
      'target',
    ]);
  });

  it('is nothing of credentials', () => {
    const data = { superuser: false, enabled: true, credential: 'v1', groups: [], permissions: [] };
    expect(publicEvent(event('user-al', 'UserCreated', data), facts, isSecretName)?.data).toEqual({
      superuser: false,
      enabled: true,
      groups: [],
      permissions: [],
    });
    expect(publicEvent(event('user-al', 'SessionOpened', {}), facts, isSecretName)).toBeUndefined();
  });

  it('is cut short where it is very long', () => {
    const description = 'x'.repeat(MAX_DATA_LENGTH);
    expect(publicEvent(event('site-s', 'SiteDescribed', { description }), facts, isSecretName)?.data).toEqual({
      truncated: true,
    });
  });
});
