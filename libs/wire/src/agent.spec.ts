import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Json, JsonMap } from '#kernel';
import { recordedLog } from '#testing';
import { startAgent, type FunctionTable, type RunningAgent } from './agent.ts';
import { inProcessWire, type InProcessWire } from './in-process-wire.ts';
import type { Outcome } from './wire.ts';

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
  hang: (_: JsonMap, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
};

describe('an agent', () => {
  let wire: InProcessWire;
  let agent: RunningAgent;
  let lines: () => string[];
  let outcomes: Map<string, (outcome: Outcome) => void>;

  beforeEach(async () => {
    wire = inProcessWire();
    const { log, lines: said } = recordedLog();
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
      modules: { arith: { limit: 2, half: { functions } }, off: { limit: 0, half: { functions } } },
      log,
    });
  });
  afterEach(() => wire.foreman.stop());

  const ask = (name: string, parameters: JsonMap = {}, task = name): Promise<Outcome> =>
    new Promise((resolve, reject) => {
      outcomes.set(task, resolve);
      const about = { site: 'berlin', module: 'arith', function: name, parameters, job: 1 };
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
