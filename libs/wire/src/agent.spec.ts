import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Json, JsonMap } from '#kernel';
import { Secret } from '#kernel';
import { recordedLog } from '#testing';
import { startAgent, type FunctionTable, type RunningAgent } from './agent.ts';
import { inProcessWire, type InProcessWire } from './in-process-wire.ts';
import type { Outcome, Task } from './wire.ts';

class PowerError extends Error {}

const functions: FunctionTable = {
  echo: async (parameters: JsonMap) => parameters,
  add: async ({ a, b }: { a: number; b: number }) => ({ sum: a + b }),
  key: async (_: JsonMap, { task }) => ({ task }),
  fail: async () => {
    throw new PowerError('no such chassis');
  },
  failOddly: () => Promise.reject('odd'),
  failAtOnce: () => {
    throw new TypeError('not even a promise');
  },
  nothing: async () => undefined,
  list: async () => [1, 2],
  text: async () => 'done',
  count: async () => ({ count: 1n }),
  unseal: async ({ login }: { login: { password: Secret } }) => ({
    shown: String(login.password),
    hidden: login.password instanceof Secret && login.password.reveal() === 'open sesame',
    leaked: `said "${login.password.reveal()}"`,
  }),
  leak: async ({ login }: { login: { password: Secret } }) => {
    throw new PowerError(`wrong password ${login.password.reveal()}`);
  },
  login: async ({ credentials }: { credentials: string }, context) => {
    const found = await context.credentials(credentials);
    context.debug(`found ${found?.['password']?.reveal()}`, { output: [`it is ${found?.['password']?.reveal()}`] });
    return { user: found?.['username']?.reveal() ?? null, leaked: found?.['password']?.reveal() ?? null };
  },
  slow: (_: JsonMap, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  hang: (_: JsonMap, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
};

const observers: FunctionTable = {
  add: async ({ a }: { a: number }, { task }) => ({ state: 'done', result: { sum: a, task } }),
};
const needs = {
  echo: [{ program: 'node', package: 'nodejs' }],
  key: [
    { program: 'no-such-program', package: 'nowhere' },
    { program: 'node', package: 'nodejs' },
  ],
};

describe('an agent', () => {
  let wire: InProcessWire;
  let agent: RunningAgent;
  let lines: () => string[];
  let told: readonly object[];
  let outcomes: Map<string, (outcome: Outcome) => void>;

  beforeEach(async () => {
    wire = inProcessWire();
    const { log, lines: said } = recordedLog();
    told = said;
    lines = () => said.map(({ level, message }) => `${level} ${message}`);
    outcomes = new Map();
    await wire.foreman.start({
      reported: async ({ task, outcome }) => outcomes.get(task)?.(outcome),
      beat: () => undefined,
      served: () => undefined,
    });
    agent = await startAgent({
      wire: wire.agent,
      name: 'a1',
      site: 'berlin',
      modules: {
        arith: { limit: 2, half: { functions, observers, maxMs: { slow: 10 } } },
        off: { limit: 0, half: { functions, needs } },
      },
      log,
      vault: {
        read: async (name) => {
          if (name !== '/v1/secret/data/bmc') throw new Error(`there is no entry ${name}`);
          return { username: new Secret('root'), password: new Secret('open sesame') };
        },
      },
    });
  });
  afterEach(() => wire.foreman.stop());

  const ask = (name: string, parameters: JsonMap = {}, task = name, secrets: Task['secrets'] = []): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      outcomes.set(task, resolve);
      const about = { site: 'berlin', module: 'arith', function: name, parameters, secrets, job: 1 };
      wire.foreman.send({ task, cookie: `cookie-${task}`, ...about }).catch(reject);
    });

  it.each<[string, JsonMap, Json]>([
    ['add', { a: 1, b: 2 }, { sum: 3 }],
    ['echo', { list: [null, { deep: true }] }, { list: [null, { deep: true }] }],
    ['key', {}, { task: 'key' }],
  ])('gives the result of "%s"', async (name, parameters, result) => {
    expect(await ask(name, parameters)).toEqual({ result });
  });

  it.each([
    ['fail', 'Unhandled Exception "no such chassis"(PowerError)'],
    ['failOddly', 'Unhandled Exception "odd"(string)'],
    ['failAtOnce', 'Unhandled Exception "not even a promise"(TypeError)'],
    ['nothing', 'result was not a map, but of type undefined'],
    ['list', 'result was not a map, but a list'],
    ['text', 'result was not a map, but of type string'],
    ['count', 'Unhandled Exception "Do not know how to serialize a BigInt"(TypeError)'],
    ['unheard_of', 'module "arith" has no function "unheard_of"'],
    ['constructor', 'module "arith" has no function "constructor"'],
  ])('makes an error of "%s"', async (name, error) => {
    expect(await ask(name)).toEqual({ error });
  });

  it('does not offer a module whose limit is below one', () => {
    expect(wire.foreman.serves('berlin', 'arith')).toBe(true);
    expect(wire.foreman.serves('berlin', 'off')).toBe(false);
  });

  it('tells what became of a task where it is asked, by the id and with the parameters of that task', async () => {
    const outcome = await ask('add.observe', { a: 5 }, '12-1');
    expect(outcome).toEqual({ result: { state: 'done', result: { sum: 5, task: '12-1' } } });
    expect(await ask('echo.observe')).toEqual({ error: 'module "arith" has no function "echo.observe"' });
  });

  it('gives its functions secrets wrapped, and shows them nowhere: no log, no result, no failure', async () => {
    const parameters = { login: { user: 'root', password: 'open sesame' } };
    const secrets = [['login', 'password'], ['login', 'nothing', 0], [], ['login']];
    const shown = { shown: '********', hidden: true, leaked: 'said "********"' };
    expect(await ask('unseal', parameters, 'one', secrets)).toEqual({ result: shown });
    const error = 'Unhandled Exception "wrong password ********"(PowerError)';
    expect(await ask('leak', parameters, 'two', secrets)).toEqual({ error });
    expect(JSON.stringify(told)).toContain('"user":"root","password":"********"');
    expect(JSON.stringify(told)).not.toContain('sesame');
  });

  it('gives its functions what the vault has, and masks that in what it tells', async () => {
    const named = { credentials: '/v1/secret/data/bmc' };
    expect(await ask('login', named, 'one')).toEqual({ result: { user: 'root', leaked: '********' } });
    expect(await ask('login', { credentials: 'vault:/v1/secret/data/bmc' }, 'two')).toMatchObject({
      result: { user: 'root' },
    });
    const own = { credentials: { username: 'me', password: 'my own' } };
    expect(await ask('login', own, 'three')).toEqual({ result: { user: 'me', leaked: 'my own' } });
    expect(await ask('login', { credentials: null }, 'four')).toEqual({ result: { user: null, leaked: null } });
    expect(await ask('login', { credentials: '/nowhere' }, 'five')).toEqual({
      error: 'Unhandled Exception "there is no entry /nowhere"(Error)',
    });
    const said = { level: 'debug', message: 'found ********', output: ['it is ********'] };
    expect(told).toContainEqual({ ...said, task: 'one', job: 1, module: 'arith', function: 'login' });
    expect(JSON.stringify(told)).not.toContain('sesame');
  });

  it('stops what takes longer than its module says, and knows what it is at work on', async () => {
    void ask('hang');
    expect(await ask('slow')).toEqual({ error: 'arith.slow was stopped: it took longer than 0.01 s' });
    expect(agent.atWork).toMatchObject([{ task: 'hang', job: 1, module: 'arith', function: 'hang' }]);
    await agent.stop(0);
    expect(agent.atWork).toEqual([]);
  });

  it('says which programs it misses, and what to install where a task needs them', async () => {
    expect(wire.foreman.missing()).toEqual([]);
    const other = wire.join();
    const { log, lines: said } = recordedLog();
    await startAgent({
      wire: other,
      name: 'a2',
      site: 'paris',
      modules: { arith: { limit: 1, half: { functions, observers: functions, needs } } },
      log,
    });
    const text = 'the program "no-such-program" is not on the agent a2: install the package nowhere';
    expect(said).toEqual([{ level: 'warn', message: text, module: 'arith' }]);
    expect(wire.foreman.missing()).toEqual([
      { agent: 'a2', site: 'paris', module: 'arith', program: 'no-such-program', package: 'nowhere' },
    ]);
    const inParis = (name: string): Promise<Outcome> =>
      new Promise((resolve, reject) => {
        outcomes.set(`p-${name}`, resolve);
        const about = { site: 'paris', module: 'arith', function: name, parameters: {}, job: 1 };
        wire.foreman.send({ task: `p-${name}`, cookie: `p-${name}`, ...about }).catch(reject);
      });
    expect(await inParis('key')).toEqual({ error: `arith.key cannot be done: ${text}` });
    expect(await inParis('key.observe')).toEqual({ error: `arith.key.observe cannot be done: ${text}` });
    expect(await inParis('echo')).toEqual({ result: {} });
    await other.stop();
    expect(wire.foreman.missing()).toEqual([]);
  });

  it('gives up what is at work when the time to stop is over', async () => {
    void ask('hang');
    await agent.stop(20);
    expect(lines()).toEqual(['info task begun', 'warn task given up']);
  });

  it('tells its log what it begins and how that ends', async () => {
    await ask('add', { a: 1, b: 2 });
    await ask('fail');
    expect(lines()).toEqual(['info task begun', 'info task ended', 'info task begun', 'warn task ended']);
  });
});
