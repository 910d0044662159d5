import { expect, it } from '@jest/globals';
import { silentLogger } from '#kernel';
import type { FunctionContext } from '../src/agent.ts';
import { startAgent } from '../src/agent.ts';
import type { TaskHandler } from '../src/wire.ts';
import { task, type WireTest } from './office.ts';

/** What the foreman hears of agents beside their reports, and they of him beside tasks. */
export function wireAgentsSuite(given: () => WireTest): void {
  it('says which programs the agents miss, as long as they are there', async () => {
    const { wire, office } = given();
    const missing = [{ module: 'ipmi', program: 'ipmitool', package: 'ipmitool' }];
    await office.open();
    const end = await wire.agent();
    await end.wire.start({ agent: 'a1', site: 'berlin', modules: { ipmi: 1 }, missing }, async () => ({
      result: {},
    }));
    await office.until(() => wire.foreman.missing().length > 0);
    expect(wire.foreman.missing()).toEqual([{ ...missing[0], agent: 'a1', site: 'berlin' }]);
    await end.wire.stop();
    await office.until(() => wire.foreman.missing().length === 0);
  });

  it('says which modules of which sites are served, and when that begins', async () => {
    const { wire, office, agent } = given();
    const idle: TaskHandler = async () => ({ result: {} });
    await office.open();
    expect(wire.foreman.serves('berlin', 'ipmi')).toBe(false);
    const first = await agent('a1', { ipmi: 1, ssh: 1, none: 0 }, idle);
    await office.until(() => wire.foreman.serves('berlin', 'ipmi') && wire.foreman.serves('berlin', 'ssh'));
    // A busy machine may hear an agent so late that it has gone and come again: `agent-registry.spec.ts` counts.
    expect(new Set(office.served)).toEqual(new Set(['berlin ipmi', 'berlin ssh']));
    expect(wire.foreman.serves('berlin', 'none')).toBe(false);
    expect(wire.foreman.serves('paris', 'ipmi')).toBe(false);

    const second = await agent('a2', { ipmi: 1 }, idle);
    await first.wire.stop();
    await office.until(() => !wire.foreman.serves('berlin', 'ssh'));
    await office.until(() => wire.foreman.serves('berlin', 'ipmi'));
    await second.drop();
    await office.until(() => !wire.foreman.serves('berlin', 'ipmi'));

    const before = office.served.length;
    await agent('a3', { ssh: 1 }, idle);
    await office.until(() => wire.foreman.serves('berlin', 'ssh'));
    expect(new Set(office.served.slice(before))).toEqual(new Set(['berlin ssh']));
  });

  it('names the agents that were there before the foreman', async () => {
    const { wire, office, agent } = given();
    await agent('a1', { ipmi: 1 }, async () => ({ result: {} }));
    await agent('a2', { ipmi: 1 }, async () => ({ result: {} }));
    await office.open();
    await office.until(() => wire.foreman.serves('berlin', 'ipmi'));
    expect(new Set(office.served)).toEqual(new Set(['berlin ipmi']));
  });

  it('carries signs of life while a task is at work, and none afterwards', async () => {
    const { wire, office, agent } = given();
    const work = office.bench();
    await office.open();
    await agent('a1', { ipmi: 1 }, work.of('a1'));
    await wire.foreman.send(task('1'));
    await office.until(() => office.beats.length >= 3);
    expect(office.beats[0]).toEqual({ job: 7, cookie: 'cookie-1', agent: 'a1' });
    work.finish('1');
    await office.until(() => office.reports.length === 1);
    await wire.foreman.send(task('2'));
    await office.until(() => office.beats.filter((beat) => beat.cookie === 'cookie-2').length >= 3);
    const cookies = office.beats.map((beat) => beat.cookie);
    expect(cookies.lastIndexOf('cookie-1')).toBeLessThan(cookies.indexOf('cookie-2'));
    work.finish('2');
    await office.until(() => office.reports.length === 2);
  });

  it('has an agent that is asked about a task it is at work on answer when that has ended, and be at work until then', async () => {
    const { wire, office } = given();
    await office.open();
    const ends = new Map<string, (failure?: string) => void>();
    const observed: string[] = [];
    const weld = (_: never, { task: id }: FunctionContext) =>
      new Promise((resolve, reject) =>
        ends.set(id, (failure) => (failure === undefined ? resolve({ seam: id }) : reject(new Error(failure)))),
      );
    const observe = async (_: never, { task: id }: FunctionContext) => {
      observed.push(id);
      return { state: 'not-done' };
    };
    const half = { functions: { weld }, observers: { weld: observe } };
    const { wire: end } = await wire.agent();
    const running = await startAgent({
      wire: end,
      name: 'a1',
      site: 'berlin',
      modules: { ipmi: { limit: 5, half } },
      log: silentLogger,
    });
    const weldTask = (id: string) => ({ ...task(id), function: 'weld', once: true });
    const question = (id: string) => ({ ...task(id), cookie: `asked-${id}`, function: 'weld.observe' });
    await office.until(() => wire.foreman.serves('berlin', 'ipmi'));
    for (const id of ['1', '2']) await wire.foreman.send(weldTask(id));
    await office.until(() => ends.size === 2);
    for (const id of ['1', '2', '3']) await wire.foreman.send(question(id));
    // It shows signs of life for the question, and asks the platform about nothing that it is at work on.
    await office.until(() =>
      ['asked-1', 'asked-2'].every((one) => office.beats.filter(({ cookie }) => cookie === one).length > 2),
    );
    await office.until(() => office.reports.length === 1);
    expect(office.reports).toMatchObject([{ cookie: 'asked-3', outcome: { result: { state: 'not-done' } } }]);
    ends.get('1')?.();
    ends.get('2')?.('no gas');
    await office.until(() => office.reports.length === 5);
    const outcomes = Object.fromEntries(office.reports.map(({ cookie, outcome }) => [cookie, outcome]));
    expect(outcomes).toMatchObject({
      'cookie-1': { result: { seam: '1' } },
      'asked-1': { result: { state: 'done', result: { seam: '1' } } },
      'cookie-2': { error: 'Unhandled Exception "no gas"(Error)' },
      'asked-2': { result: { state: 'failed', reason: 'Unhandled Exception "no gas"(Error)' } },
    });
    // When it has ended, the platform is asked.
    await wire.foreman.send({ ...question('1'), cookie: 'asked-again' });
    await office.until(() => office.reports.length === 6);
    expect(observed).toEqual(['3', '1']);
    await running.stop();
  });

  it('has an agent give up a task whose job is over, and go on with the others', async () => {
    const { wire, office } = given();
    await office.open();
    const signals = new Map<string, AbortSignal>();
    const ends = new Map<string, () => void>();
    const weld = (_: never, { task: id, signal }: FunctionContext) =>
      new Promise((resolve) => {
        signals.set(id, signal);
        ends.set(id, () => resolve({ seam: id }));
      });
    const { wire: end } = await wire.agent();
    const running = await startAgent({
      wire: end,
      name: 'a1',
      site: 'berlin',
      modules: { ipmi: { limit: 2, half: { functions: { weld } } } },
      log: silentLogger,
    });
    await office.until(() => wire.foreman.serves('berlin', 'ipmi'));
    const weldTask = (id: string) => ({ ...task(id), function: 'weld' });
    for (const id of ['1', '2', '3']) await wire.foreman.send(weldTask(id));
    await office.until(() => ends.size === 2);
    office.over.add('cookie-1');
    await office.until(() => signals.get('1')?.aborted === true);
    expect(signals.get('1')?.reason).toMatchObject({ message: 'its job is over' });
    // There is a free hand for the next one, and the task goes to nobody else.
    await office.until(() => ends.size === 3);
    for (const finish of ends.values()) finish();
    await office.until(() => office.reports.length === 2);
    expect(signals.get('2')?.aborted).toBe(false);
    expect(office.reports.map((report) => report.task).toSorted()).toEqual(['2', '3']);
    await running.stop();
  });
}
