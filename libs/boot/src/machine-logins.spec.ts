import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Json } from '#kernel';
import { MachineLogins } from './machine-logins.ts';

const HOUR = 3_600_000;
const key = randomBytes(32);
let time = 1_000_000;
const logins = new MachineLogins(key, () => time);

/** What a boot script sees, by name, each as name and token. */
const given = (values: Readonly<Record<string, Json>>, by = logins) =>
  Object.fromEntries(
    (by.layer(new Map(Object.entries(values))).attributes ?? []).map(
      ([name, login]) => [name, /^([^:]+):(.+)$/.exec(login as string)?.slice(1) as [string, string]] as const,
    ),
  );

describe('what machines are let in by that were booted', () => {
  it('is for one job, and good for nothing but its signals', () => {
    const { __structure_job_login: login, ...others } = given({ _structure_job_id: 12 });
    expect(Object.keys(others)).toEqual(['__bootstrap_login']);
    expect(login?.[0]).toBe('@job-12');
    expect(logins.identify(...login!)).toEqual({
      name: '@job-12',
      superuser: false,
      permissions: new Set(['Foreman.can_job_signal']),
      session: '@job-12',
      booted: { job: 12 },
    });
    expect(logins.identify('@job-13', login![1])).toBeUndefined();
    expect(logins.identify('@job-12', `${login![1].slice(0, -1)}-`)).toBeUndefined();
    expect(logins.identify('@job-12', '')).toBeUndefined();
    expect(logins.identify('root', login![1])).toBeUndefined();
  });

  it('is of the foundation and of the structure, where both have a job', () => {
    const both = given({ _foundation_job_id: 3, _structure_job_id: 4 });
    expect([both['__foundation_job_login']?.[0], both['__structure_job_login']?.[0]]).toEqual(['@job-3', '@job-4']);
  });

  it('runs out after a day for machines that are surveyed, on every server with the same key', () => {
    const other = new MachineLogins(key, () => time);
    const login = given({})['__bootstrap_login']!;
    time += 23 * HOUR;
    expect(other.identify(...login)).toMatchObject({
      permissions: new Set(['Building.can_bootstrap']),
      booted: { job: null },
    });
    time += HOUR;
    expect(other.identify(...login)).toBeUndefined();
    expect(other.identify(`@survey-${time + HOUR}`, login[1])).toBeUndefined();
    expect(new MachineLogins(randomBytes(32), () => 0).identify(...login)).toBeUndefined();
  });
});
