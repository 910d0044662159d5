import type { UnitOfWork } from '#kernel';
import type { JobTarget } from '#foreman';
import type { FoundationType } from '#platform';
import { foundation } from './foundation.ts';
import { foundations } from './foundations.ts';

/** Foundations, of the given types, as targets of jobs. */
export function foundationTarget(types: readonly FoundationType[]): JobTarget {
  const typeOf = (name: string) => types.find(({ type }) => type === name);
  const valueOf = async (work: UnitOfWork, locator: string) => {
    const found = await work.load(foundation, locator);
    return 'value' in found ? found.value : undefined;
  };
  return {
    kind: 'Foundation',
    category: foundation.category,

    async load(work, locator) {
      const found = await work.load(foundation, locator);
      if (found.stage !== 'active') return undefined;
      return { site: found.value.site, blueprint: found.value.blueprint, description: locator };
    },

    async take(work, locator, by) {
      await work.decide(foundation, locator, { type: 'TakeFoundation', data: by });
    },

    async release(work, locator, job) {
      await work.decide(foundation, locator, { type: 'ReleaseFoundation', data: { job } });
    },

    /** A foundation of a type that locates by itself is located when a job wants to create it. */
    async mayStart(work, locator, script) {
      const value = await valueOf(work, locator);
      if (!value) return false;
      if (script === 'destroy') return value.built;
      if (script !== 'create' || value.located) return true;
      if (typeOf(value.type)?.locates !== 'by-itself') return false;
      return (await work.attempt(foundation, locator, { type: 'LocateFoundation', data: {} })) === undefined;
    },

    finish: (work, locator, job) => work.attempt(foundation, locator, { type: 'FinishFoundation', data: { job } }),
    destroy: (work, locator, job) => work.attempt(foundation, locator, { type: 'DestroyFoundation', data: { job } }),

    async scriptModules(work, locator) {
      const value = await valueOf(work, locator);
      if (!value) throw new Error(`foundation ${locator} is gone while a job is at work on it`);
      const { type, site, blueprint, own } = value;
      const read = (value: unknown) => ({ get: () => value });
      const members = Object.entries({ locator, id: locator, type, site, blueprint, ...own });
      return {
        foundation: {
          members: Object.fromEntries(members.map(([name, value]) => [name, read(value)])),
          functions: typeOf(type)?.functions ?? {},
        },
      };
    },

    async canStart(view, locator, script) {
      const row = await view.get(foundations, locator);
      if (!row) return false;
      if (script === 'create') return row.locatedAt !== null;
      return script !== 'destroy' || row.builtAt !== null;
    },
  };
}
