import { describe, expect, it } from '@jest/globals';
import { lacksSecrets, secretsIn, withoutSecrets, withSecrets } from './kept-back-secrets.ts';
import type { Task } from './wire.ts';

const parameters = { host: 'a', login: { user: 'root', password: 'open sesame' }, keys: ['one', 'two'] };
const secrets = [
  ['login', 'password'],
  ['keys', 1],
];
const task: Task = {
  task: '1',
  cookie: 'c1',
  job: 7,
  site: 'berlin',
  module: 'ipmi',
  function: 'power',
  parameters,
  secrets,
};

describe('the secrets of a task', () => {
  it('are kept back, and put where they belong', () => {
    const sent = withoutSecrets(task);
    expect(sent.parameters).toEqual({ host: 'a', login: { user: 'root', password: null }, keys: ['one', null] });
    expect(task.parameters).toBe(parameters);
    expect([lacksSecrets(sent), lacksSecrets(task)]).toEqual([true, false]);
    expect(withSecrets(sent, secretsIn(parameters, secrets))).toEqual(task);
  });

  it('are none where there are none, or their places lead nowhere', () => {
    const { secrets: _, ...plain } = task;
    expect(withoutSecrets(plain)).toBe(plain);
    expect(lacksSecrets(plain)).toBe(false);
    const lost = { ...task, secrets: [['host', 'x'], ['nothing', 'at', 'all'], []] };
    expect(withoutSecrets(lost).parameters).toEqual(parameters);
    expect(lacksSecrets(lost)).toBe(false);
  });
});
