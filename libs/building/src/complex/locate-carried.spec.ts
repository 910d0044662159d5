import { beforeEach, describe, expect, it } from '@jest/globals';
import { UnitOfWork } from '#kernel';
import type { ServerHalf } from '#platform';
import { Streams } from '#testing';
import { foundationRow, structureRow, viewOfRows } from '../../test/view-of-rows.ts';
import { foundation } from '../foundation.ts';
import { foundations } from '../foundations.ts';
import { structure } from '../structure/structure.ts';
import { structures } from '../structure/structures.ts';
import { complex } from './complex.ts';
import { complexes } from './complexes.ts';
import { LocateCarried, LocateCarriedHandler } from './locate-carried.commands.ts';
import { locateCarried } from './locate-carried.ts';

const planned = (more: object = {}) => foundationRow({ locatedAt: null, builtAt: null, complex: 'cluster', ...more });
const rowOf = (builtPercentage: number) => ({
  site: 'site1',
  description: '',
  builtPercentage,
  members: [{ structure: 1 }, { structure: 2 }],
});

describe('what is looked for', () => {
  const view = viewOfRows([
    [
      foundations,
      {
        vm1: planned(),
        vm2: planned(),
        vm3: planned({ locatedAt: '' }),
        vm4: planned({ complex: 'half' }),
        host: planned({ complex: null }),
      },
    ],
    [structures, { 1: structureRow('a'), 2: structureRow('b', { builtAt: null }) }],
    [complexes, { cluster: rowOf(50), half: rowOf(90), idle: rowOf(50) }],
  ] as never);
  const run = async (fail: readonly string[] = []) => {
    const sent: string[] = [];
    const { reconcile } = locateCarried({
      store: { head: async () => 7n },
      reads: { now: view, projector: { caughtUp: async (position) => position === 7n } },
      clock: { now: () => '2026-01-01T00:00:00.000000+00:00' },
      gateway: {
        execute: async (command: unknown) => {
          const { locator } = command as LocateCarried;
          sent.push(locator);
          if (fail.includes(locator)) throw new Error(`no ${locator}`);
          return { value: undefined, position: undefined } as never;
        },
      },
    });
    const failed = await reconcile(new AbortController().signal).catch((error: Error) => error.message);
    return [sent, failed];
  };

  it('are planned foundations of complexes that are built', async () =>
    expect(await run()).toEqual([['vm1', 'vm2'], undefined]));
  it('one that fails keeps no other from being located, and is told', async () =>
    expect(await run(['vm1'])).toEqual([['vm1', 'vm2'], 'no vm1']));
});

describe('a carried foundation', () => {
  let log: Streams;
  const put = (...events: readonly { readonly type: string; readonly data: object }[]) =>
    log.put(foundation, 'vm1', ...events);
  const define = (type: string) =>
    put({
      type: 'FoundationDefined',
      data: { type, site: 'site1', blueprint: 'base', idMap: null, complex: 'cluster', own: {} },
    });
  const types = [
    { type: 'Carried', locates: 'with-complex' },
    { type: 'Found', locates: 'by-survey' },
  ];
  const handler = new LocateCarriedHandler([{ foundationTypes: types } as unknown as ServerHalf]);
  const located = async (): Promise<readonly string[]> => {
    const work = new UnitOfWork(log);
    await handler.decide(work, new LocateCarried('vm1'));
    work.throwIfFaulted();
    return work.written().flatMap(({ events }) => events.map(({ type }) => type));
  };

  beforeEach(() => {
    log = new Streams();
    log.put({ category: 'blueprint' }, 'base', {
      type: 'BluePrintDefined',
      data: { parents: [], kind: 'foundation', validationTemplate: {} },
    });
    const members = [{ structure: 1, membership: 1 }];
    log.put(complex, 'cluster', {
      type: 'ComplexDefined',
      data: { type: null, site: 'site1', description: '', builtPercentage: 90, members, own: {} },
    });
    const data = {
      hostname: 'kvm1',
      site: 'site1',
      zone: null,
      blueprint: 'web',
      foundation: 'host1',
      configValues: [],
    };
    log.put(structure, 1, { type: 'StructureDefined', data }, { type: 'StructureBuilt', data: { job: 1 } });
  });

  it('is located once its complex is built, and nothing happens where it is already', async () => {
    define('Carried');
    expect(await located()).toEqual(['FoundationLocated']);
    put({ type: 'FoundationLocated', data: {} });
    expect(await located()).toEqual([]);
  });

  it.each<[string, () => void]>([
    ['of a kind that is located otherwise', () => define('Found')],
    ['that is not there', () => undefined],
    [
      'whose complex is not built',
      () => {
        define('Carried');
        log.put(structure, 1, { type: 'StructureDestroyed', data: { job: 2, configUuid: 'x' } });
      },
    ],
    [
      'on whose structure a job is at work',
      () => {
        define('Carried');
        put({ type: 'FoundationOccupied', data: { structure: 1 } });
        log.put(structure, 1, { type: 'StructureTaken', data: { job: 3, script: 'check' } });
      },
    ],
    [
      'which has to say first what it is made of',
      () => {
        define('Carried');
        const validationTemplate = { cpu: { count: 1 } };
        log.put({ category: 'blueprint' }, 'base', { type: 'ValidationTemplateChosen', data: { validationTemplate } });
      },
    ],
  ])('%s stays as it is', async (_, prepare) => {
    prepare();
    expect(await located()).toEqual([]);
  });
});
