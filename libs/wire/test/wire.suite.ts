import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Task } from '../src/wire.ts';
import { Office, task, type WireTest, type WireUnderTest } from './office.ts';
import { wireAgentsSuite } from './wire-agents.suite.ts';
import { wireTasksSuite } from './wire-tasks.suite.ts';

/** What every adapter of the wire does. `everySite`: agents for EVERY_SITE are served too. */
export function wireSuite(name: string, make: () => Promise<WireUnderTest>, { everySite = false } = {}): void {
  describe(name, () => {
    let test: WireTest;
    const given = () => test;

    beforeEach(async () => {
      const wire = await make();
      test = {
        wire,
        office: new Office(wire.foreman),
        async agent(name, modules, work, site = 'berlin') {
          const end = await wire.agent();
          await end.wire.start({ agent: name, site, modules }, work);
          return end;
        },
      };
    });
    afterEach(async () => {
      test.office.close();
      await test.wire.close();
    });

    wireCarriageSuite(given);
    wireTasksSuite(given, { everySite });
    wireAgentsSuite(given);
  });
}

/** What becomes of tasks and reports on their way. */
function wireCarriageSuite(given: () => WireTest): void {
  it('carries a task to the agent and its outcome back', async () => {
    const { wire, office, agent } = given();
    const got: Task[] = [];
    await office.open();
    await agent('a1', { ipmi: 1 }, async (task) => {
      got.push(task);
      return { result: { power: 'on', list: [1, { two: null }] } };
    });
    const sent: Task = {
      ...task('1'),
      once: true,
      secrets: [['host']],
      parameters: { host: 'grün', list: [1, null, { a: true }] },
    };
    await wire.foreman.send(sent);
    await office.until(() => office.reports.length === 1);
    expect(got).toEqual([sent]);
    expect(office.reports).toEqual([
      {
        task: sent.task,
        cookie: sent.cookie,
        job: 7,
        agent: 'a1',
        outcome: { result: { power: 'on', list: [1, { two: null }] } },
      },
    ]);
  });

  it('carries failures', async () => {
    const { wire, office, agent } = given();
    await office.open();
    await agent('a1', { ipmi: 1 }, async () => ({ error: 'no such host' }));
    await wire.foreman.send(task('1'));
    await office.until(() => office.reports.length === 1);
    expect(office.reports[0]?.outcome).toEqual({ error: 'no such host' });
  });

  it('holds the same cookie once', async () => {
    const { wire, office, agent } = given();
    const work = office.bench();
    await office.open();
    await wire.foreman.send(task('1'));
    await wire.foreman.send(task('1'));
    await agent('a1', { ipmi: 5 }, work.of('a1'));
    await wire.foreman.send(task('1'));
    await wire.foreman.send(task('2'));
    await office.until(() => work.atWork.size === 2);
    work.finish('1');
    work.finish('2');
    await office.until(() => office.reports.length === 2);
    await wire.foreman.send(task('1'));
    await wire.foreman.send(task('3'));
    await office.until(() => work.atWork.size === 1);
    work.finish('3');
    await office.until(() => office.reports.length === 3);
    expect(work.begun.sort()).toEqual(['a1 1', 'a1 2', 'a1 3']);
  });

  it('brings a report again until it is taken, without holding up the others', async () => {
    const { wire, office, agent } = given();
    let refused = 0;
    office.take = async ({ task }) => {
      if (task === '2' || office.reports.length > 0) return;
      refused += 1;
      throw new Error('the log is away');
    };
    await office.open();
    await agent('a1', { ipmi: 2 }, async () => ({ result: {} }));
    await wire.foreman.send(task('1'));
    await office.until(() => refused > 2);
    await wire.foreman.send(task('2'));
    await office.until(() => office.reports.length === 2);
    expect(office.reports.map((report) => report.task)).toEqual(['2', '1']);
  });

  it('keeps reports while the foreman is away', async () => {
    const { wire, office, agent } = given();
    const work = office.bench();
    await office.open();
    await agent('a1', { ipmi: 2 }, work.of('a1'));
    await wire.foreman.send(task('1'));
    await office.until(() => work.atWork.size === 1);
    await wire.foreman.stop();
    expect(wire.foreman.serves('berlin', 'ipmi')).toBe(false);
    work.finish('1');
    await office.open();
    await office.until(() => office.reports.length === 1);
    expect(office.reports[0]).toMatchObject({ task: '1', outcome: { result: { by: 'a1' } } });
  });

  it('refuses to send unless started', async () => {
    const { wire, office } = given();
    await expect(wire.foreman.send(task('1'))).rejects.toThrow('not started');
    await office.open();
    await wire.foreman.send(task('1'));
    await wire.foreman.stop();
    await expect(wire.foreman.send(task('2'))).rejects.toThrow('not started');
  });
}
