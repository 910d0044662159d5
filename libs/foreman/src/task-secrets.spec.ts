import { describe, expect, it } from '@jest/globals';
import type { Json, JsonMap } from '#kernel';
import { floatOf, secretReference } from '#kernel';
import { Erased } from '#secrets';
import { job } from './job.ts';
import { JobFixture } from '../test/job-fixture.suite.ts';
import { erasedText, secretResolver } from './task-secrets.ts';

const values: Readonly<Record<string, Json>> = { s1: 'open sesame', s2: 7 };
const resolve = secretResolver(async ({ $secret: id }) => {
  const value = values[id];
  if (value === undefined) throw new Erased(id);
  return value;
});
const s1 = secretReference('s1');

describe('the secrets of a task', () => {
  it.each<[string, JsonMap, JsonMap, readonly unknown[], readonly string[]]>([
    ['none', { a: 1, b: [null, { c: 'd' }] }, { a: 1, b: [null, { c: 'd' }] }, [], []],
    ['beside a float', { a: floatOf(1), b: s1 }, { a: floatOf(1), b: 'open sesame' }, [['b']], ['open sesame']],
    ['a whole value', { password: s1 }, { password: 'open sesame' }, [['password']], ['open sesame']],
    ['no text', { pin: secretReference('s2') }, { pin: '7' }, [['pin']], ['7']],
    [
      'deep inside',
      { vms: [{ login: { password: s1 } }] },
      { vms: [{ login: { password: 'open sesame' } }] },
      [['vms', 0, 'login', 'password']],
      ['open sesame'],
    ],
    [
      'joined with text',
      { url: { $text: ['nfs://root:', s1, '@host'] } },
      { url: 'nfs://root:open sesame@host' },
      [['url']],
      ['open sesame'],
    ],
  ])('are resolved: %s', async (_, parameters, resolved, secrets, texts) => {
    expect(await resolve(parameters)).toEqual({ parameters: resolved, secrets, texts, erased: [] });
  });

  it('are named where they have been erased', async () => {
    const { erased } = await resolve({ a: secretReference('gone'), b: s1 });
    expect(erased).toEqual(['gone']);
    expect(erasedText(erased)).toBe('the task cannot be sent: a secret in its parameters has been erased');
  });

  it('fail as the ledger does', async () => {
    const broken = secretResolver(() => Promise.reject(new Error('no connection')));
    await expect(broken({ a: s1 })).rejects.toThrow('no connection');
  });
});

describe('a job with a secret', () => {
  it('has its reference alone in the log, and no secret that an agent has told', async () => {
    const fixture = new JobFixture({ create: 'begin()\n  told = lab.work( name=thing.password )\nend\n' });
    fixture.served.add('lab');
    await fixture.create();
    await fixture.look();
    expect((await fixture.job()).order?.parameters).toEqual({ name: { $secret: 's1' }, rack: 'a' });
    await fixture.report({ result: { answer: 'logged in with open sesame' } });
    expect((await fixture.job()).machine?.variables).toEqual({ told: 'logged in with ********' });
    expect(JSON.stringify(fixture.log.of(job, 12))).not.toContain('sesame');
  });

  it('shows none in a failure', async () => {
    const fixture = new JobFixture({ create: 'begin()\n  lab.work( name=thing.password )\nend\n' });
    fixture.served.add('lab');
    await fixture.create();
    await fixture.look();
    const cookie = await fixture.cookie();
    await fixture.report({ error: 'no login with open sesame' }, cookie);
    expect(await fixture.job()).toMatchObject({ stage: 'error', message: 'no login with ********' });
    // Said again it is known again.
    expect(await fixture.report({ error: 'no login with open sesame' }, cookie)).toEqual({});
  });
});
