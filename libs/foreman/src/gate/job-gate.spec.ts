import { describe, expect, it } from '@jest/globals';
import { array, assert, asyncProperty, constantFrom, integer, record } from 'fast-check';
import type { Recorded } from '#event-store';
import { LimitedForemen } from '../../test/limited-foremen.ts';

/** How many jobs had begun at most at a time, in the order of the log. */
function mostBegun(events: readonly Recorded[]): number {
  let begun = 0;
  let most = 0;
  for (const { type } of events) {
    if (type === 'JobStarted') begun += 1;
    if (type === 'JobEnded') begun -= 1;
    most = Math.max(most, begun);
  }
  return most;
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n);

describe('a limit', () => {
  it('is never exceeded, whichever process has jobs begin, and however late it hears of the others', async () => {
    const step = record({
      what: constantFrom('begin', 'begin', 'begin', 'end', 'hear'),
      process: integer({ min: 0, max: 2 }),
      job: integer({ min: 1, max: 12 }),
      site: constantFrom('lab', 'rack'),
    });
    await assert(
      asyncProperty(array(array(step, { minLength: 1, maxLength: 4 }), { maxLength: 15 }), async (rounds) => {
        const all = await LimitedForemen.of(3);
        const begun = new Set<number>();
        const over = new Set<number>();
        await all.limitTo({ site: 'lab', maxJobs: 3 });
        await all.limitTo({ site: 'rack', maxJobs: 2 });
        all.create('lab', range(1, 6));
        all.create('rack', range(7, 6));
        all.hear();
        for (const round of rounds) {
          await Promise.all(
            round.map(async ({ what, process, job }, n) => {
              if (what === 'hear') all.hear(process);
              else if (what === 'end' && begun.has(job) && !over.has(job)) {
                over.add(job);
                all.happens(job, 'JobEnded');
              } else if (what === 'begin' && !begun.has(job) && round.findIndex((one) => one.job === job) === n) {
                if (await all.begin(process, job, job > 6 ? 'rack' : 'lab')) begun.add(job);
              }
            }),
          );
        }
        expect(mostBegun(all.events)).toBeLessThanOrEqual(3);
        expect(mostBegun(all.events.filter(({ id }) => Number(id) > 6))).toBeLessThanOrEqual(2);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it('lets the oldest through as one ends, at the cost of one look each, however many wait', async () => {
    const all = await LimitedForemen.of(1);
    const [{ looks, gate }] = all.foremen as [(typeof all.foremen)[0]];
    await all.limitTo({ site: 'lab', maxJobs: 5 });
    all.create('rack', range(1, 5000));
    all.hear();
    // They come in no order, but for the first five.
    for (const id of [...range(1, 5), ...range(6, 4995).toReversed()]) await all.begin(0, id, 'rack');
    all.hear();
    expect([gate.size, looks]).toEqual([4995, []]);
    for (let n = 1; n <= 50; n += 1) {
      all.happens(n, 'JobEnded');
      all.hear();
      expect(looks).toEqual(range(6, n));
      expect(await all.begin(0, n + 5, 'rack')).toBe(true);
      all.hear();
    }
    // A limit that is raised lets through as many as it has room for.
    await all.limitTo({ site: 'lab', maxJobs: 15 });
    all.hear();
    expect(looks.slice(50)).toEqual(range(56, 10));
    expect(gate.size).toBe(4945);
  }, 120_000);

  it('passes the turn on where the oldest does not begin', async () => {
    const all = await LimitedForemen.of(1);
    const [{ looks, gate }] = all.foremen as [(typeof all.foremen)[0]];
    await all.limitTo({ site: 'lab', maxJobs: 1 });
    all.create('lab', range(1, 4));
    all.hear();
    for (const id of range(1, 4)) await all.begin(0, id, 'lab');
    all.happens(1, 'JobEnded');
    all.hear();
    expect(looks).toEqual([2]);
    // Its target is not ready any more.
    gate.looking(2);
    gate.looked(2);
    expect(looks).toEqual([2, 3]);
    // What is let through and cancelled leaves its turn, too.
    all.happens(3, 'JobCanceled');
    all.hear();
    expect(looks).toEqual([2, 3, 4]);
    expect(await all.begin(0, 4, 'lab')).toBe(true);
    all.hear();
    expect(gate.size).toBe(0);
  });

  it('of another kind holds what this one lets through, without a look', async () => {
    const all = await LimitedForemen.of(1);
    const [{ looks, gate }] = all.foremen as [(typeof all.foremen)[0]];
    await all.limitTo({ site: 'lab', maxJobs: 2 });
    await all.limitTo({ site: 'rack', maxJobs: 1 });
    all.create('rack', range(1, 3));
    all.create('lab', range(4, 2));
    all.hear();
    for (const id of range(1, 3)) await all.begin(0, id, 'rack');
    for (const id of range(4, 2)) await all.begin(0, id, 'lab');
    all.hear();
    // 1 and 4 have begun; 2 and 3 are held by the rack, 5 by the lab.
    all.happens(4, 'JobEnded');
    all.hear();
    expect(looks).toEqual([5]);
    await all.begin(0, 5, 'lab');
    all.hear();
    all.happens(1, 'JobEnded');
    all.hear();
    expect(looks).toEqual([5, 2]);
    expect(gate.size).toBe(2);
  });

  it('counts what had begun before it was set, and lets nothing begin while there is more', async () => {
    const all = await LimitedForemen.of(2);
    all.create('lab', range(1, 4));
    all.hear();
    for (const id of range(1, 3)) expect(await all.begin(0, id, 'lab')).toBe(true);
    await all.limitTo({ site: 'lab', maxJobs: 2 });
    all.hear();
    expect(await all.begin(1, 4, 'lab')).toBe(false);
    expect(all.foremen.map(({ book }) => book.counted('site:lab'))).toEqual([range(1, 3), range(1, 3)]);
    all.happens(1, 'JobAborted');
    all.hear();
    expect(await all.begin(1, 4, 'lab')).toBe(false);
    all.happens(2, 'JobEnded');
    all.hear();
    expect(await all.begin(1, 4, 'lab')).toBe(true);
  });

  it('of nothing lets nothing begin, until it is gone', async () => {
    const all = await LimitedForemen.of(1);
    await all.limitTo({ site: 'yard', maxJobs: 0 });
    all.create('yard', [1]);
    all.hear();
    expect(await all.begin(0, 1, 'yard')).toBe(false);
    const conditions = await all.foremen[0]!.gate.startConditions({ get: async () => undefined } as never, {
      site: 'yard',
      target: { kind: 'Thing', id: 't1' },
    });
    expect(conditions).toEqual([
      {
        name: 'limit',
        text: 'site yard runs 0 of 0 jobs',
        links: [
          { model: 'Foreman/Limit', id: 'site:yard' },
          { model: 'Site/Site', id: 'yard' },
        ],
        since: null,
        until: null,
      },
    ]);
  });
});

describe('a site that moves', () => {
  const lockedUp: readonly [string, (all: LimitedForemen) => Promise<void>][] = [
    ['a limit', (all) => all.limitTo({ site: 'lab', maxJobs: 0 })],
    ['a window', (all) => all.shut('lab')],
  ];

  it.each(lockedUp)('takes what %s of a site around it holds out of there', async (_, lock) => {
    const all = await LimitedForemen.of(1);
    const [{ looks, gate }] = all.foremen as [(typeof all.foremen)[0]];
    await lock(all);
    all.create('rack', [2, 1]);
    all.create('lab', [3]);
    all.hear();
    for (const id of [2, 1]) expect(await all.begin(0, id, 'rack')).toBe(false);
    expect(await all.begin(0, 3, 'lab')).toBe(false);
    await all.move('rack', null);
    all.hear();
    // Where it is now is not to be seen yet.
    expect(looks).toEqual([]);
    await all.show();
    expect(looks).toEqual([1, 2]);
    for (const id of looks) expect(await all.begin(0, id, 'rack')).toBe(true);
    expect(gate.size).toBe(1);
  });

  it.each(lockedUp)('brings what it has under %s of a site around it', async (_, lock) => {
    const all = await LimitedForemen.of(1);
    const [{ looks }] = all.foremen as [(typeof all.foremen)[0]];
    await lock(all);
    await all.limitTo({ site: 'yard', maxJobs: 0 });
    all.create('yard', [1]);
    all.hear();
    expect(await all.begin(0, 1, 'yard')).toBe(false);
    await all.move('yard', 'lab');
    all.hear();
    await all.show();
    expect(looks).toEqual([1]);
    expect(await all.begin(0, 1, 'yard')).toBe(false);
    await all.limitTo({ site: 'yard', maxJobs: 1 });
    all.hear();
    expect(await all.begin(0, 1, 'yard')).toBe(false);
    looks.splice(0);
    await all.moveBack('yard', null);
    all.hear();
    await all.show();
    expect(looks).toEqual([1]);
    expect(await all.begin(0, 1, 'yard')).toBe(true);
  });

  it('is not missed by a look that has begun before', async () => {
    const all = await LimitedForemen.of(1);
    await all.limitTo({ site: 'lab', maxJobs: 0 });
    all.create('rack', [1]);
    all.hear();
    const [{ gate }] = all.foremen as [(typeof all.foremen)[0]];
    await all.move('rack', null);
    all.hear();
    all.whenRead = () => void all.show();
    expect(await all.begin(0, 1, 'rack')).toBe(true);
    expect(gate.size).toBe(0);
  });
});

describe('the limit of a module', () => {
  const order = (module: string) => ({ order: { task: 't', module, function: 'f', parameters: {} } });

  it('is never exceeded by tasks, handed out or claimed, in whichever process', async () => {
    const all = await LimitedForemen.of(2);
    await all.limitTo({ module: 'ssh', site: 'lab', maxJobs: 2 });
    all.create('lab', range(1, 6));
    for (const id of range(1, 6)) all.happens(id, 'JobStepRequested', order('ssh'));
    all.hear();
    const handed = await Promise.all(range(1, 6).map((id) => all.handOut(id % 2, id, 'lab', 'ssh', id > 3)));
    expect(handed.filter(Boolean)).toHaveLength(2);
    // Tasks of other modules, and at other sites, are not counted.
    all.create('yard', [20]);
    all.happens(20, 'JobStepRequested', order('ssh'));
    all.hear();
    expect(await all.handOut(0, 20, 'yard', 'ssh')).toBe(true);
  });

  it('gives the place that a job leaves to the oldest, and not to its next step', async () => {
    const all = await LimitedForemen.of(1);
    const [{ looks }] = all.foremen as [(typeof all.foremen)[0]];
    await all.limitTo({ module: 'ssh', maxJobs: 1 });
    all.create('lab', range(1, 3));
    for (const id of range(1, 3)) all.happens(id, 'JobStepRequested', order('ssh'));
    all.hear();
    expect(await all.handOut(0, 2, 'lab', 'ssh')).toBe(true);
    all.hear();
    for (const id of [1, 3]) expect(await all.handOut(0, id, 'lab', 'ssh')).toBe(false);
    // Its next step is ordered in the append in which this one is completed: it would have the place at once.
    expect(await all.handOut(0, 2, 'lab', 'ssh')).toBe(false);
    all.happens(2, 'JobStepCompleted');
    all.happens(2, 'JobStepRequested', order('ssh'));
    all.hear();
    expect(looks).toEqual([1]);
    expect(await all.handOut(0, 1, 'lab', 'ssh')).toBe(true);
    all.hear();
    // The oldest goes on at once.
    expect(await all.handOut(0, 1, 'lab', 'ssh')).toBe(true);
  });

  it('says how many tasks may be handed out', async () => {
    const all = await LimitedForemen.of(1, false);
    const { gate } = all.foremen[0]!;
    expect(gate.roomForTasks('lab', 'ssh')).toBe(Number.MAX_SAFE_INTEGER);
    await all.limitTo({ module: 'ssh', maxJobs: 3 });
    await all.limitTo({ module: 'ssh', site: 'lab', maxJobs: 1 });
    all.create('lab', [1]);
    all.happens(1, 'JobStepRequested', order('ssh'));
    all.hear();
    await new Promise(setImmediate);
    expect([gate.roomForTasks('lab', 'ssh'), gate.roomForTasks('yard', 'ssh')]).toEqual([1, 3]);
    expect(await all.handOut(0, 1, 'lab', 'ssh', true)).toBe(true);
    all.hear();
    expect([gate.roomForTasks('lab', 'ssh'), gate.roomForTasks('yard', 'ssh')]).toEqual([0, 2]);
    expect(gate.taskConditions('lab', 'ssh').map(({ text }) => text)).toEqual([
      'module ssh at site lab runs 1 of 1 tasks',
    ]);
    expect(gate.size).toBe(0);
  });
});
