import { beforeEach, describe, expect, it } from '@jest/globals';
import { createJob } from '#foreman';
import { Conflict } from '#kernel';
import type { FoundationType } from '#platform';
import { Streams } from '#testing';
import { foundationRow, structureRow, viewOfRows } from '../../test/view-of-rows.ts';
import { foundationTarget } from '../foundation-target.ts';
import { foundation } from '../foundation.ts';
import { foundations } from '../foundations.ts';
import { structureConditions } from '../start-conditions.ts';
import { structureTarget } from '../structure/structure-target.ts';
import { structure } from '../structure/structure.ts';
import { structures } from '../structure/structures.ts';
import { carriedBehind } from './carried-behind.ts';
import { complex } from './complex.ts';
import { complexes } from './complexes.ts';

const TYPE: FoundationType = {
  type: 'Container',
  model: 'Lab/Container',
  doc: '',
  classes: [],
  locates: 'with-complex',
  fields: {},
  functions: {},
};
const LOCATED = { type: 'FoundationLocated', data: {} };
const BUILT = [LOCATED, { type: 'FoundationBuilt', data: { job: 1 } }];
const NOW = '2026-01-01T00:00:00.000Z';
const NOT = { builtAt: null };

/** Two hosts, of which one is enough or not, and two containers on their complex; and what read models show of that. */
const viewOf = (
  builtPercentage: number,
  carried: Readonly<Record<string, object>>,
  hosts: readonly object[] = [{}, {}],
) =>
  viewOfRows([
    [complexes, { c: { members: [{ structure: 1 }, { structure: 2 }], builtPercentage } }],
    [
      structures,
      Object.fromEntries(
        hosts.map((more, n) => [
          n + 1,
          structureRow(`host${n + 1}`, { membership: { complex: 'c', membership: n + 1 }, ...more }),
        ]),
      ),
    ],
    [
      foundations,
      Object.fromEntries(
        Object.entries(carried).map(([locator, more]) => [
          locator,
          foundationRow({ type: 'Container', complex: 'c', ...more }),
        ]),
      ),
    ],
  ] as never);
const bothShown = { web1: { ...NOT }, web2: { ...NOT } };

describe('a structure that a complex is made of', () => {
  let log: Streams;
  const taken = (job: number, script: string, type = 'StructureTaken') => ({ type, data: { job, script } });
  beforeEach(() => {
    log = new Streams();
    log.put({ category: 'blueprint' }, 'base', { type: 'BluePrintDefined', data: { parents: [] } });
    log.put({ category: 'blueprint' }, 'base', {
      type: 'SlotFilled',
      data: { slot: 'create', link: 1, script: 'create' },
    });
    log.put({ category: 'script' }, 'create', {
      type: 'ScriptWritten',
      data: { description: '', text: 'begin()\nend\n' },
    });
    for (const id of [1, 2]) {
      const data = { hostname: `host${id}`, site: 'site1', zone: null, blueprint: 'base', foundation: `f${id}` };
      log.put(structure, id, { type: 'StructureDefined', data: { ...data, configValues: {}, configUuid: 'x' } });
      log.put(structure, id, { type: 'StructureBuilt', data: { job: 1 } });
      log.put(structure, id, { type: 'ComplexJoined', data: { complex: 'c', membership: id } });
    }
    for (const locator of ['web1', 'web2']) {
      const data = { type: 'Container', site: 'site1', blueprint: 'base', idMap: null, complex: 'c', own: {} };
      log.put(foundation, locator, { type: 'FoundationDefined', data });
    }
  });
  const define = (builtPercentage: number) => {
    const members = [1, 2].map((id) => ({ structure: id, membership: id }));
    const data = { type: 'Lab', site: 'site1', description: 'x', builtPercentage, members, own: {} };
    log.put(complex, 'c', { type: 'ComplexDefined', data });
  };
  const mayStart = async (id: number, shown: Readonly<Record<string, object>> = bothShown): Promise<boolean> => {
    let answer = false;
    await log.execute(async (work) => {
      answer = await structureTarget([TYPE], { now: viewOf(90, shown) }).mayStart(work, String(id), 'destroy');
    });
    return answer;
  };

  it.each([
    ['carries nothing that is there', 90, [], true],
    ['carries a container that is only located', 90, [LOCATED], true],
    ['carries a container that is built', 90, BUILT, false],
    ['carries a container that a job is at work on', 90, [taken(7, 'create', 'FoundationTaken')], false],
    ['carries a container that is built, and has enough others', 50, BUILT, true],
  ])('may be destroyed while the complex %s: %p %% are needed', async (_, percentage, events, may) => {
    define(percentage);
    log.put(foundation, 'web2', ...events);
    // Whatever the read models show of it.
    expect(await mayStart(1)).toBe(may);
    expect(await mayStart(1, { web1: {}, web2: {} })).toBe(may);
  });

  it('is not the second one to go where one has to stay', async () => {
    define(50);
    log.put(foundation, 'web1', ...BUILT);
    log.put(structure, 1, taken(11, 'destroy'));
    log.put(structure, 2, taken(12, 'destroy'));
    expect([await mayStart(1), await mayStart(2)]).toEqual([true, false]);
  });

  it('is not destroyed where a job takes a container in the same moment', async () => {
    define(90);
    const target = structureTarget([TYPE], { now: viewOf(90, bothShown) });
    const racing = log.execute(async (work) => {
      await work.decide(structure, 1, { type: 'TakeStructure', data: { job: 11, script: 'destroy' } });
      expect(await target.mayStart(work, '1', 'destroy')).toBe(true);
      log.put(foundation, 'web1', taken(7, 'create', 'FoundationTaken'));
    });
    await expect(racing).rejects.toThrow(Conflict);
  });

  const create = (percentage: number) => {
    define(percentage);
    const target = foundationTarget([TYPE], { now: viewOf(percentage, bothShown) });
    const wanted = { target: 'web1', script: 'create', creator: 'root', id: 12, now: NOW };
    return log.execute((work) => createJob(work, target, wanted));
  };

  it('lets no job be made that builds what its complex carries while it is being destroyed', async () => {
    log.put(structure, 1, taken(11, 'destroy'));
    await expect(create(90)).rejects.toMatchObject({
      faults: [
        {
          code: 'JOB_EXISTS',
          exception: 'ForemanException',
          text: 'job 11 destroys structure host1, without which complex c is not built',
        },
      ],
    });
  });

  it.each([
    ['while another one is enough', 50, taken(11, 'destroy')],
    ['while another job is at work on it', 90, taken(11, 'reseat')],
  ])('lets such a job be made %s', async (_, percentage, event) => {
    log.put(structure, 1, event);
    expect(await create(percentage)).toMatchObject({ 'job-12': ['JobCreated'] });
  });

  it.each([
    [BUILT, [], true],
    [[LOCATED], [{ type: 'StructureForced', data: { state: 'planned', configUuid: 'y' } }], false],
  ])('has to be built for what is carried to be, located before or not (%#)', async (_, events, may) => {
    define(90);
    log.put(structure, 1, ...events);
    log.put(foundation, 'web1', LOCATED);
    let answer: boolean | undefined;
    await log.execute(async (work) => {
      answer = await foundationTarget([TYPE], { now: viewOf(90, bothShown) }).mayStart(work, 'web1', 'create');
    });
    expect(answer).toBe(may);
  });
});

describe('what keeps such a structure from being destroyed is told', () => {
  const told = async (...of: Parameters<typeof viewOf>) =>
    (await structureConditions(viewOf(...of), 2, 'destroy')).map(({ name, text, links }) => [
      name,
      text,
      links.map(({ id }) => id),
    ]);
  const text = 'complex c is not built without it, and carries foundations that are built or have a job:';

  it.each([
    ['nothing', 90, { web1: { ...NOT } }, [{}, {}], []],
    [
      'what is built, and what has a job',
      90,
      { web1: {}, web2: { ...NOT, job: { job: 7, script: 'create' } }, web3: { ...NOT } },
      [{}, {}],
      [['complex-in-use', `${text} web1, web2`, ['c', 'web1', 'web2']]],
    ],
    ['nothing, as another one is enough', 50, { web1: {} }, [{}, {}], []],
    [
      'what is built, as the other one goes before it',
      50,
      { web1: {} },
      [{ job: { job: 11, script: 'destroy' } }, { job: { job: 12, script: 'destroy' } }],
      [['complex-in-use', `${text} web1`, ['c', 'web1']]],
    ],
  ])('%s', async (_, percentage, carried, hosts, expected) =>
    expect(await told(percentage, carried, hosts)).toEqual(expected),
  );

  it('by ten names and how many more there are', async () => {
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`web${n + 10}`, {}]));
    const [[, said, links] = []] = await told(90, many);
    expect(said).toBe(`${text} ${Array.from({ length: 10 }, (_, n) => `web${n + 10}`).join(', ')} and 15 more`);
    expect(links).toHaveLength(11);
  });

  it('and watched: the complex, what it is made of, and ten of those', async () => {
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, n) => [`web${n + 10}`, {}]));
    const now = viewOf(90, many);
    const streams = await structureTarget([TYPE], { now }).waitsFor?.(now, '1', 'destroy', []);
    expect(streams?.slice(0, 4)).toEqual(['complex-c', 'structure-1', 'structure-2', 'foundation-web10']);
    expect(streams).toHaveLength(13);
  });
});

it('what a complex carries is left behind by those that take it down, unless it goes along', async () => {
  const behind = async (builtPercentage: number, hosts: readonly number[], along: readonly string[]) => {
    const going = { structures: new Set(hosts), foundations: new Set(along) };
    return Object.fromEntries(await carriedBehind(viewOf(builtPercentage, { web1: {}, web2: {} }), 1, going));
  };
  expect(await behind(90, [1], ['web1'])).toEqual({ c: ['web2'] });
  expect(await behind(90, [1], ['web1', 'web2'])).toEqual({});
  expect(await behind(50, [1], [])).toEqual({});
  expect(await behind(50, [1, 2], [])).toEqual({ c: ['web1', 'web2'] });
});
