import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JobTarget, TargetId } from '#foreman';
import { createJob, destroyedWith } from '#foreman';
import { UnitOfWork } from '#kernel';
import { Streams } from '#testing';
import { foundationRow, structureRow, viewOfRows } from '../../test/view-of-rows.ts';
import { foundationTarget } from '../foundation-target.ts';
import { foundation } from '../foundation.ts';
import { foundations } from '../foundations.ts';
import { structureTarget } from '../structure/structure-target.ts';
import { structure } from '../structure/structure.ts';
import { structures } from '../structure/structures.ts';
import { dependencies } from './dependencies.ts';
import { dependencyTarget } from './dependency-target.ts';
import type { Dependency } from './dependency.ts';
import { dependency } from './dependency.ts';

const HARD: Dependency = {
  structure: 1,
  dependency: null,
  foundation: null,
  scriptStructure: null,
  link: 'hard',
  createScript: null,
  destroyScript: null,
  site: 'site1',
};

describe('what is destroyed with a structure', () => {
  let log: Streams;
  let targets: ReadonlyMap<string, JobTarget>;

  /** A built structure 1 on `below`, these dependencies, built, by their ids, and a built host `waits`. */
  const define = (links: Readonly<Record<number, Partial<Dependency>>>) => {
    log.put({ category: 'blueprint' }, 'base', { type: 'BluePrintDefined', data: { parents: [] } });
    const on = { hostname: 'switch', site: 'site1', zone: null, blueprint: 'base', foundation: 'below' };
    log.put(structure, 1, { type: 'StructureDefined', data: { ...on, configValues: {}, configUuid: 'x' } });
    log.put(structure, 1, { type: 'StructureBuilt', data: { job: 1 } });
    for (const [locator, its] of [
      ['below', {}],
      ['waits', { dependency: 5 }],
    ] as const) {
      const data = { type: 'Box', site: 'site1', blueprint: 'base', idMap: null, complex: null, own: {} };
      log.put(foundation, locator, { type: 'FoundationDefined', data: { ...data, ...its } });
      log.put(foundation, locator, { type: 'FoundationLocated', data: {} });
      log.put(foundation, locator, { type: 'FoundationBuilt', data: { job: 1 } });
    }
    const rows = Object.entries(links).map(([id, more]): [string, Dependency] => [id, { ...HARD, ...more }]);
    for (const [id, data] of rows) {
      log.put(dependency, id, { type: 'DependencyDefined', data });
      log.put(dependency, id, { type: 'DependencyBuilt', data: { job: 1 } });
    }
    const now = viewOfRows([
      [dependencies, Object.fromEntries(rows)],
      [structures, { 1: structureRow('switch', { foundation: 'below' }) }],
      [foundations, { below: foundationRow(), waits: foundationRow({ dependency: 5 }) }],
    ] as never);
    const all = [structureTarget, foundationTarget, dependencyTarget].map((target) => target([], { now }));
    targets = new Map(all.map((target) => [target.kind, target]));
  };
  const chain = async (of: TargetId) =>
    (await destroyedWith(new UnitOfWork(log), targets, of)).map(({ kind, id }) => `${kind} ${id}`);
  /** Has jobs destroy these, in one append. */
  const destroy = (...these: readonly (readonly [kind: string, id: string])[]) =>
    log.execute(async (work) => {
      for (const [n, [kind, target]] of these.entries()) {
        const wanted = { target, script: 'destroy', creator: 'root', id: 12 + n, now: '2026-01-01T00:00:00.000Z' };
        await createJob(work, targets.get(kind)!, wanted);
      }
    });

  beforeEach(() => {
    log = new Streams();
  });

  it('is named once, however it is reached, and behind what goes before it', async () => {
    define({ 5: { foundation: 'waits' }, 6: { dependency: 5 } });
    const all = ['Foundation waits', 'Dependency 6', 'Dependency 5'];
    expect(await chain({ kind: 'Structure', id: '1' })).toEqual(all);
    expect(await chain({ kind: 'Dependency', id: '5' })).toEqual(all.slice(0, 2));
  });

  it('is not what a soft link holds', async () => {
    define({ 5: { link: 'soft', foundation: 'waits' } });
    expect(await chain({ kind: 'Structure', id: '1' })).toEqual([]);
  });

  it.each([
    ['a foundation', { 5: { foundation: 'waits' } }, ['Foundation', 'waits']],
    ['a dependency', { 5: {}, 6: { structure: null, dependency: 5, destroyScript: 'shut' } }, ['Dependency', '6']],
  ] as const)(
    'goes before the dependency on which %s hangs, also where that has nothing to run',
    async (_, links, on) => {
      define(links);
      await destroy(['Dependency', '5'], on);
      expect(log.of(dependency, 5).at(-1)).toMatchObject({ type: 'DependencyTaken' });
      const mayStart = () => targets.get('Dependency')!.mayStart(new UnitOfWork(log), '5', 'destroy');
      expect(await mayStart()).toBe(false);
      await log.execute(async (work) => {
        await targets.get(on[0])!.destroy(work, on[1], 13);
        await targets.get(on[0])!.release(work, on[1], 13);
      });
      expect(await mayStart()).toBe(true);
    },
  );

  it.each([
    ['nothing hangs on', {}],
    ['a soft link lets go of', { link: 'soft', foundation: 'waits' }],
  ] as const)('a dependency with nothing to run that %s is destroyed at once', async (_, more) => {
    define({ 5: more });
    expect(await destroy(['Dependency', '5'])).toEqual({
      'dependency-5': ['DependencyTaken', 'DependencyDestroyed', 'DependencyReleased'],
    });
  });
});
