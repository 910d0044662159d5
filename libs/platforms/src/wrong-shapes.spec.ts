import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { faultOf, isMap, offeredPlatform, type Fields, type PlatformContract, type ServerHalf } from '#platform';
import type { HostFunction } from '#tscript';
import { foundationFixture } from '../test/foundation-fixture.ts';
import { ScriptHarness } from '../test/script-harness.suite.ts';
import { agentHalves } from './agents.ts';
import { contracts } from './contracts.ts';
import { serverHalves } from './servers.ts';

/** A value that fits a shape, as JSON and as a script writes it. */
function sampleOf(its: Fields[string]): readonly [unknown, string] {
  const [, choice = 'text'] = its.kind === 'choice' ? (/"([^"]+)"/.exec(its.words) ?? []) : [];
  const found = [choice, 7, true, ['text']].find((value) => its.fault(value, '') === undefined);
  if (found === undefined) throw new Error(`no sample is ${its.words}`);
  return [found, found === true ? 'True' : JSON.stringify(found)];
}
/** What a script calls a function with whose maps depend on each other. */
const CALLS: Readonly<Record<string, string>> = {
  'docker.create': 'container_spec={ image="x", command=None, environment_map={} }, port_map={}',
};
/** What a script calls a function with: all that it may give, which is more than it must. */
const given = (called: string, parameters: Fields): string =>
  CALLS[called] ??
  Object.entries(parameters)
    .map(([name, its]) => `${name}=${MAPS[name] ?? sampleOf(its)[1]}`)
    .join(', ');
/** Parameters that are maps, of which only their functions know what is in them. */
const MAPS: Readonly<Record<string, string>> = { vm_spec: '{ cpu_count=2, memory_size=2048 }' };

const platforms = serverHalves.map((half) => ({
  half,
  contract: contracts[half.name as keyof typeof contracts] as PlatformContract,
}));
const sends = ([, its]: readonly [string, HostFunction]) => its.kind === 'external' && its.task !== undefined;

interface Call {
  readonly half: ServerHalf;
  readonly contract: PlatformContract;
  readonly call: string;
}
/** Every function that sends a task, whatever its platform. */
const calls: readonly (readonly [string, Call])[] = platforms.flatMap(({ half, contract }) =>
  Object.entries(half.functions)
    .filter(sends)
    .map(([name]) => {
      const called = `${contract.name}.${name}`;
      const call = `${called}( ${given(called, contract.functions[name] ?? {})} )`;
      return [call, { half, contract, call }] as const;
    }),
);

/** Results of which some field is anything at all, and such as are no map. */
const results = (fields: Fields) =>
  fc.oneof(
    { weight: 1, arbitrary: fc.jsonValue() },
    {
      weight: 6,
      arbitrary: fc.record(
        Object.fromEntries(
          Object.entries(fields).map(([name, its]) => [
            name,
            fc.oneof(
              fc.constant(sampleOf(its)[0]),
              fc.jsonValue(),
              fc.constantFrom<unknown>('nan', 'NaN', '', '50', -1, 1e308, 1.5, null, [], {}, [50], { value: 50 }),
            ),
          ]),
        ),
        { requiredKeys: [] },
      ),
    },
  );

describe('a result that is not the contract’s is a fault of the task, and never a value', () => {
  it('is looked for in every function that sends something', () => {
    expect(calls.map(([call]) => call.split('(')[0])).toEqual([
      'iputils.ping',
      'iputils.wait_for_port',
      'iputils.snmp_get',
      'iputils.snmp_set',
      'ssh.execute',
      'ssh.file',
      'test.act',
      'test.act_once',
      'test.act_again',
      'virtualbox.create',
      'vcenter.host_list',
      'vcenter.datastore_list',
      'vcenter.network_list',
      'vcenter.create_datastore',
      'vcenter.create',
      'proxmox.create',
      'libvirt.create',
      'docker.create',
    ]);
  });

  it.each(calls)('%s', (_, { half, contract, call }) => {
    const begin = () => {
      const [type] = half.foundationTypes;
      const { foundation, config } = foundationFixture(half, type);
      const script = new ScriptHarness(half, `  value = ${call}`, type, foundation, { config });
      expect(script.run()).toMatchObject({ kind: 'waiting' });
      return { script, task: script.task()! };
    };
    const { task } = begin();
    const fields = contract.tasks[task.function]!.result;
    let [good, bad] = [0, 0];
    fc.assert(
      fc.property(results(fields), (result) => {
        const fault = isMap(result) ? faultOf(fields, result) : 'it must be a map';
        const { script } = begin();
        const answer = script.answer(result);
        if (fault === undefined) {
          good += 1;
          return expect(answer).toBe('Accepted');
        }
        bad += 1;
        expect(answer).toContain(`the agent's result of ${task.function} is not that of the contract: ${fault}`);
        // The call goes on waiting, and has no value.
        expect(script.run().kind).toBe('waiting');
        expect(script.variables).toEqual({});
      }),
      { numRuns: 200 },
    );
    expect(Math.min(good, bad)).toBeGreaterThan(0);
  });
});

describe('parameters that are not the contract’s fail their task at the agent, by name', () => {
  const halves = agentHalves({});
  const tasks = halves.flatMap((half) =>
    Object.entries(half.contract.tasks).map(
      ([name, task]) => [`${half.contract.name}.${name}`, { half, name, fields: task.parameters }] as const,
    ),
  );

  it.each(tasks)('%s', async (_, { half, name, fields }) => {
    const signal = AbortSignal.abort();
    const context = { task: '1-1', job: 1, signal, credentials: async () => null, debug: () => undefined };
    const run = offeredPlatform(half).functions[name]!;
    await fc.assert(
      fc.asyncProperty(
        fc.record(Object.fromEntries(Object.keys(fields).map((one) => [one, fc.jsonValue()]))),
        async (values) => {
          const fault = faultOf(fields, values);
          fc.pre(fault !== undefined);
          await expect(run(values, context)).rejects.toThrow(`parameter ${fault}`);
        },
      ),
      { numRuns: 50 },
    );
  });
});
