import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { EVERY_SITE } from '../src/wire.ts';
import { task, type WireTest } from './office.ts';

/** Which agent gets which task, and how many. `everySite`: agents for EVERY_SITE are served too. */
export function wireTasksSuite(given: () => WireTest, { everySite = false } = {}): void {
  it('keeps a task until an agent of its site and module comes', async () => {
    const { wire, office, agent } = given();
    const work = office.bench();
    await office.open();
    await agent('elsewhere', { ipmi: 1 }, work.of('elsewhere'), 'paris');
    await agent('other', { ssh: 1 }, work.of('other'));
    await wire.foreman.send(task('1'));
    await office.until(() => wire.foreman.serves('paris', 'ipmi') && wire.foreman.serves('berlin', 'ssh'));
    await agent('right', { ipmi: 1 }, work.of('right'));
    await office.until(() => work.begun.length === 1);
    work.finish('1');
    await office.until(() => office.reports.length === 1);
    expect(work.begun).toEqual(['right 1']);
  });

  it('never gives an agent more of a module at a time than it announced', async () => {
    const { wire, office, agent } = given();
    const work = office.bench();
    await office.open();
    await agent('a1', { ipmi: 2, ssh: 1 }, work.of('a1'));
    for (const id of ['1', '2', '3', '4', '5']) await wire.foreman.send(task(id));
    await wire.foreman.send(task('other', 'ssh'));
    await office.until(() => work.atWork.size === 3);
    expect([...work.atWork].sort()).toEqual(['1', '2', 'other']);
    for (const [ended, begun] of [
      ['1', '3'],
      ['3', '4'],
      ['4', '5'],
    ] as const) {
      work.finish(ended);
      await office.until(() => work.atWork.has(begun));
      await sleep(5); // time for one too many
    }
    for (const id of ['2', '5', 'other']) work.finish(id);
    await office.until(() => office.reports.length === 6);
    expect(work.most).toBe(3);
  });

  it('lets an agent that stops finish and report what it is at work on, and gives it no more', async () => {
    const { wire, office, agent } = given();
    const work = office.bench();
    await office.open();
    const leaving = await agent('leaving', { ipmi: 1 }, work.of('leaving'));
    await wire.foreman.send(task('1'));
    await wire.foreman.send(task('2'));
    await office.until(() => work.atWork.size === 1);
    let stopped = false;
    const stop = leaving.wire.stop().then(() => (stopped = true));
    await office.until(() => !wire.foreman.serves('berlin', 'ipmi'));
    expect(stopped).toBe(false);
    work.finish('1');
    await stop;
    await agent('staying', { ipmi: 1 }, work.of('staying'));
    await office.until(() => work.atWork.has('2'));
    work.finish('2');
    await office.until(() => office.reports.length === 2);
    expect(work.begun).toEqual(['leaving 1', 'staying 2']);
  });

  it('gives what a dead agent was at work on to another', async () => {
    const { wire, office, agent } = given();
    const work = office.bench();
    await office.open();
    const dying = await agent('dying', { ipmi: 2 }, work.of('dying'));
    await wire.foreman.send(task('1'));
    await office.until(() => work.atWork.has('1'));
    await dying.drop();
    await agent('heir', { ipmi: 2 }, work.of('heir'));
    await office.until(() => work.begun.length === 2);
    work.finish('1');
    await office.until(() => office.reports.length > 0);
    expect(work.begun).toEqual(['dying 1', 'heir 1']);
    expect(office.reports[0]).toMatchObject({ task: '1', agent: 'heir' });
  });

  it('gives nobody a second time what must begin but once', async () => {
    const { wire, office, agent } = given();
    const work = office.bench();
    await office.open();
    const dying = await agent('dying', { ipmi: 2 }, work.of('dying'));
    await wire.foreman.send({ ...task('once'), once: true });
    await wire.foreman.send(task('again'));
    await office.until(() => work.atWork.size === 2);
    await dying.drop();
    await agent('heir', { ipmi: 1 }, work.of('heir'));
    await office.until(() => work.begun.includes('heir again'));
    work.finish('again');
    await wire.foreman.send(task('last'));
    await office.until(() => work.begun.includes('heir last'));
    work.finish('last');
    await office.until(() => office.reports.some((report) => report.task === 'last'));
    expect(work.begun).not.toContain('heir once');
  });

  it('takes back what no agent has begun, and no other', async () => {
    const { wire, office, agent } = given();
    const work = office.bench();
    await office.open();
    await agent('a1', { ipmi: 2 }, work.of('a1'));
    const sent = ['1', '2', '3', '4', '5'].map((id) => ({ ...task(id), once: Number(id) % 2 === 0 }));
    const receipts: (string | undefined)[] = [];
    for (const one of sent) receipts.push(await wire.foreman.send(one));
    await office.until(() => work.atWork.size === 2);
    const takeBack = (n: number) => wire.foreman.withdraw({ ...task(String(n)), receipt: receipts[n - 1] });
    const takenBack: boolean[] = [];
    // The last one again, as after an answer that was lost.
    for (const n of [1, 2, 3, 4, 4]) takenBack.push(await takeBack(n));
    expect(takenBack).toEqual([true, false, true, true, true]);
    for (const id of ['1', '2']) work.finish(id);
    await office.until(() => work.atWork.has('5'));
    work.finish('5');
    await office.until(() => office.reports.length === 3);
    expect(work.begun).toEqual(['a1 1', 'a1 2', 'a1 5']);
  });

  it('reports nothing of work that was given up, and gives it to another', async () => {
    const { wire, office, agent } = given();
    const work = office.bench();
    await office.open();
    let stopped: Promise<void> | undefined;
    const giving = await agent('giving up', { ipmi: 1 }, async () => {
      stopped = giving.wire.stop();
      return undefined;
    });
    await wire.foreman.send(task('1'));
    await office.until(() => stopped !== undefined);
    await stopped;
    await agent('heir', { ipmi: 1 }, work.of('heir'));
    await office.until(() => work.atWork.has('1'));
    work.finish('1');
    await office.until(() => office.reports.length === 1);
    expect(office.reports[0]).toMatchObject({ task: '1', agent: 'heir' });
  });

  it('shares the work between two agents', async () => {
    const { wire, office, agent } = given();
    const work = office.bench();
    await office.open();
    await agent('a1', { ipmi: 2 }, work.of('a1'));
    await agent('a2', { ipmi: 2 }, work.of('a2'));
    await office.until(() => wire.foreman.serves('berlin', 'ipmi'));
    for (const id of ['1', '2', '3', '4', '5']) await wire.foreman.send(task(id));
    await office.until(() => work.atWork.size === 4);
    expect(work.begun.filter((begun) => begun.startsWith('a1 '))).toHaveLength(2);
    for (const id of ['1', '2', '3', '4']) work.finish(id);
    await office.until(() => work.atWork.size === 1);
    work.finish('5');
    await office.until(() => office.reports.length === 5);
  });

  if (everySite) {
    it('gives an agent of every site the tasks of all', async () => {
      const { wire, office, agent } = given();
      const work = office.bench();
      await office.open();
      await agent('everywhere', { ipmi: 2 }, work.of('everywhere'), EVERY_SITE);
      expect(office.served).toEqual([`${EVERY_SITE} ipmi`]);
      expect(wire.foreman.serves('berlin', 'ipmi') && wire.foreman.serves('paris', 'ipmi')).toBe(true);
      await wire.foreman.send(task('1'));
      await wire.foreman.send({ ...task('2'), site: 'paris' });
      await office.until(() => work.atWork.size === 2);
      work.finish('1');
      work.finish('2');
      await office.until(() => office.reports.length === 2);
    });
  }
}
