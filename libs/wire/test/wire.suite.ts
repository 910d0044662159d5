import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '#kernel';
import type { FunctionContext } from '../src/agent.ts';
import { startAgent } from '../src/agent.ts';
import { EVERY_SITE } from '../src/wire.ts';
import type { AgentWire, Announcement, Beat, ForemanWire, Report, Task, TaskHandler } from '../src/wire.ts';

/** A wire made for one test. */
export interface WireUnderTest {
  readonly foreman: ForemanWire;
  /** A further agent's end; `drop` makes it vanish as if its machine had died. */
  agent(): Promise<{ readonly wire: AgentWire; drop(): Promise<void> }>;
  /** Stops every end that the test may have left, and whatever carries the wire. */
  close(): Promise<void>;
}

/** What every adapter of the wire does. `everySite`: agents for EVERY_SITE are served too. */
export function wireSuite(name: string, make: () => Promise<WireUnderTest>, { everySite = false } = {}): void {
  describe(name, () => {
    let wire: WireUnderTest;
    let office: Office;

    beforeEach(async () => {
      wire = await make();
      office = new Office(wire.foreman);
    });
    afterEach(async () => {
      office.close();
      await wire.close();
    });

    const agent = async (name: string, modules: Announcement['modules'], work: TaskHandler, site = 'berlin') => {
      const end = await wire.agent();
      await end.wire.start({ agent: name, site, modules }, work);
      return end;
    };

    it('carries a task to the agent and its outcome back', async () => {
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
      await office.open();
      await agent('a1', { ipmi: 1 }, async () => ({ error: 'no such host' }));
      await wire.foreman.send(task('1'));
      await office.until(() => office.reports.length === 1);
      expect(office.reports[0]?.outcome).toEqual({ error: 'no such host' });
    });

    it('keeps a task until an agent of its site and module comes', async () => {
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

    it('holds the same cookie once', async () => {
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
      await expect(wire.foreman.send(task('1'))).rejects.toThrow('not started');
      await office.open();
      await wire.foreman.send(task('1'));
      await wire.foreman.stop();
      await expect(wire.foreman.send(task('2'))).rejects.toThrow('not started');
    });

    it('lets an agent that stops finish and report what it is at work on, and gives it no more', async () => {
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
      const work = office.bench();
      await office.open();
      await agent('a1', { ipmi: 2 }, work.of('a1'));
      const sent = ['1', '2', '3', '4', '5'].map((id) => ({ ...task(id), once: Number(id) % 2 === 0 }));
      const receipts: (string | undefined)[] = [];
      for (const one of sent) receipts.push(await wire.foreman.send(one));
      await office.until(() => work.atWork.size === 2);
      for (const n of [0, 1, 2, 3]) await wire.foreman.withdraw({ ...task(String(n + 1)), receipt: receipts[n] });
      // Again, as after an answer that was lost.
      await wire.foreman.withdraw({ ...task('4'), receipt: receipts[3] });
      for (const id of ['1', '2']) work.finish(id);
      await office.until(() => work.atWork.has('5'));
      work.finish('5');
      await office.until(() => office.reports.length === 3);
      expect(work.begun).toEqual(['a1 1', 'a1 2', 'a1 5']);
    });

    it('reports nothing of work that was given up, and gives it to another', async () => {
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

    it('says which programs the agents miss, as long as they are there', async () => {
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
      await agent('a1', { ipmi: 1 }, async () => ({ result: {} }));
      await agent('a2', { ipmi: 1 }, async () => ({ result: {} }));
      await office.open();
      await office.until(() => wire.foreman.serves('berlin', 'ipmi'));
      expect(new Set(office.served)).toEqual(new Set(['berlin ipmi']));
    });

    it('carries signs of life while a task is at work, and none afterwards', async () => {
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

    if (everySite) {
      it('gives an agent of every site the tasks of all', async () => {
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
  });
}

const task = (id: string, module = 'ipmi'): Task => ({
  task: id,
  cookie: `cookie-${id}`,
  job: 7,
  site: 'berlin',
  module,
  function: 'power',
  parameters: {},
});

/** A foreman that writes down what it hears, and lets a test wait for it. */
class Office {
  readonly reports: Report[] = [];
  readonly beats: Beat[] = [];
  readonly served: string[] = [];
  /** Cookies of tasks whose job is over. */
  readonly over = new Set<string>();
  /** What the foreman does with a report before it is written down. */
  take: (report: Report) => Promise<void> = async () => undefined;
  readonly #wire: ForemanWire;
  readonly #benches: Bench[] = [];
  readonly #looking = new Set<() => void>();
  readonly #clock: NodeJS.Timeout;

  constructor(wire: ForemanWire) {
    this.#wire = wire;
    this.#clock = setInterval(this.ring, 10);
  }

  async open(): Promise<void> {
    await this.#wire.start({
      reported: async (report) => {
        await this.take(report);
        this.reports.push(report);
        this.ring();
      },
      beat: (beat) => {
        this.beats.push(beat);
        this.ring();
        return !this.over.has(beat.cookie);
      },
      isOver: async ({ cookie }) => this.over.has(cookie),
      served: (site, module) => {
        this.served.push(`${site} ${module}`);
        this.ring();
      },
    });
  }

  bench(): Bench {
    const bench = new Bench(this.ring);
    this.#benches.push(bench);
    return bench;
  }

  readonly ring = () => {
    for (const look of this.#looking) look();
  };

  /** Resolves as soon as the condition holds; looks whenever something happens, and every few milliseconds. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => end(() => reject(new Error(`never came true: ${String(condition)}`))), 120_000);
      const end = (how: () => void) => {
        clearTimeout(limit);
        this.#looking.delete(look);
        how();
      };
      const look = () => condition() && end(resolve);
      this.#looking.add(look);
      look();
    });
  }

  /** Ends all work and stops looking. */
  close(): void {
    this.#looking.clear();
    clearInterval(this.#clock);
    for (const bench of this.#benches) for (const task of bench.atWork) bench.finish(task);
  }
}

/** Work that a test ends by hand. */
class Bench {
  /** `<agent> <task>`, in the order in which the work began. */
  readonly begun: string[] = [];
  /** The most tasks that were ever at work at a time. */
  most = 0;
  readonly #changed: () => void;
  readonly #ends = new Map<string, (() => void)[]>();

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get atWork(): ReadonlySet<string> {
    return new Set(this.#ends.keys());
  }

  of(agent: string): TaskHandler {
    return (task) =>
      new Promise((resolve) => {
        const end = () => resolve({ result: { by: agent } });
        this.begun.push(`${agent} ${task.task}`);
        this.#ends.set(task.task, [...(this.#ends.get(task.task) ?? []), end]);
        this.most = Math.max(this.most, this.#ends.size);
        this.#changed();
      });
  }

  /** Ends the work on a task, wherever it is being done. */
  finish(task: string): void {
    const ends = this.#ends.get(task) ?? [];
    this.#ends.delete(task);
    for (const end of ends) end();
  }
}
