import type { JobTarget } from '#foreman';
import type { UnitOfWork } from '#kernel';
import { streamName } from '#kernel';
import type { FoundationType } from '#platform';
import type { ReadStore, View } from '#read-store';
import type { Attached } from '../attributes/attached.ts';
import { NOT_ATTACHED } from '../attributes/attached.ts';
import { dhcpModule, reachedBy, structureInterfaceMembers } from '../attributes/interface-members.ts';
import { structureLayers } from '../building-layers.ts';
import { applyMacEffects } from '../interface/set-macs.ts';
import { applyPxeEffects } from '../interface/set-pxe.ts';
import { checkJobConfig } from '../config-check.ts';
import type { FoundationState } from '../foundation.ts';
import { foundation } from '../foundation.ts';
import { addressed } from '../bmc/shown-address.ts';
import { configModule, foundationModule, readOnly } from '../script-modules.ts';
import type { PlatformKnowledge } from '../platform-members.ts';
import { platformMembers } from '../platform-members.ts';
import { structure } from '../structure/structure.ts';
import { dependencyConditions } from '../start-conditions.ts';
import type { Support } from '../supports.ts';
import { checkSupports } from '../supports.ts';
import { dependencies } from './dependencies.ts';
import type { DependencyState } from './dependency.ts';
import { dependency } from './dependency.ts';

/** The longest chain of dependencies that is followed. */
const MAX_DEPTH = 100;

/** Dependencies as targets of jobs. */
export function dependencyTarget(
  types: readonly FoundationType[],
  reads: Pick<ReadStore, 'now'>,
  known: PlatformKnowledge = { complexTypes: [] },
): JobTarget {
  const typeOf = (name: string) => types.find(({ type }) => type === name);
  const foundationBelow = async (view: View, locator: string, state: FoundationState, attached: Attached) => {
    const value = await addressed(view, state, typeOf(state.type));
    const ofPlatform = await platformMembers(view, { locator, value, settable: false }, typeOf, known);
    return foundationModule(locator, value, typeOf(value.type), reachedBy(attached), ofPlatform);
  };
  const hangingOn = async (view: View, id: string) =>
    (await view.keys(dependencies, { where: { dependency: Number(id) } })).keys.map(Number);
  return {
    kind: 'Dependency',
    category: dependency.category,

    async load(work, id) {
      const found = await work.load(dependency, id);
      if (found.stage !== 'active') return undefined;
      const { value } = found;
      const blueprint = (await structureWithScripts(work, value))?.value.blueprint ?? '';
      return {
        site: value.site,
        blueprint,
        description: await descriptionIn(work, value),
        slots: { create: value.createScript, destroy: value.destroyScript },
      };
    },

    async take(work, id, by) {
      const granted = await work.decide(dependency, id, { type: 'TakeDependency', data: by });
      const value = await valueOf(work, id);
      if (granted && value) checkSupports(by.script, await supportsOf(work, value));
    },

    /** Its scripts see the configuration of the structure whose blueprint has them. */
    async checkConfig(work, id, script) {
      const value = await valueOf(work, id);
      const found = value && (await structureWithScripts(work, value));
      if (found) await checkJobConfig(script, await structureLayers(reads.now, found.id, typeOf));
    },

    async release(work, id, job) {
      await work.decide(dependency, id, { type: 'ReleaseDependency', data: { job } });
    },

    /** A hard link takes what waits along. */
    async destroysWith(work, id) {
      const value = await valueOf(work, id);
      const others = [];
      if (value?.link === 'hard' && value.foundation !== null) {
        const waiting = await work.load(foundation, value.foundation);
        if ('value' in waiting && waiting.value.built && !isBeingDestroyed(waiting.value)) {
          const { structure: on } = waiting.value;
          const carried = on === undefined ? undefined : await work.load(structure, on);
          if (carried && 'value' in carried && carried.value.built && !isBeingDestroyed(carried.value)) {
            others.push({ kind: 'Structure', id: String(on) });
          }
          others.push({ kind: 'Foundation', id: value.foundation });
        }
      }
      for (const one of await hangingOn(reads.now, id)) {
        const found = await valueOf(work, one);
        if (found?.link === 'hard' && found.built && !isBeingDestroyed(found)) {
          others.push({ kind: 'Dependency', id: String(one) });
        }
      }
      return others;
    },

    /** A hard link ends behind what it takes along. */
    async isNeeded(work, id) {
      const value = await valueOf(work, id);
      if (value?.link === 'hard' && value.foundation !== null) {
        const waiting = await work.load(foundation, value.foundation);
        if ('value' in waiting && goesFirst(waiting.value)) return true;
      }
      for (const one of await hangingOn(reads.now, id)) {
        const found = await valueOf(work, one);
        if (found?.link === 'hard' && goesFirst(found)) return true;
      }
      return false;
    },

    async waitsFor(view, id) {
      const row = await view.get(dependencies, Number(id));
      if (!row) return [];
      return [
        ...(row.structure === null ? [] : [streamName('structure', String(row.structure))]),
        ...(row.dependency === null ? [] : [streamName('dependency', String(row.dependency))]),
        ...(row.foundation === null ? [] : [streamName('foundation', row.foundation)]),
        ...(await hangingOn(view, id)).map((one) => streamName('dependency', String(one))),
      ];
    },

    /** It is created when what it hangs on is built, and destroyed when what waits for it is gone. */
    async mayStart(work, id, script) {
      const value = await valueOf(work, id);
      if (!value) return false;
      if (script === 'create') return !value.built && (await supportsOf(work, value)).some(({ built }) => built);
      if (script !== 'destroy') return true;
      if (!value.built) return false;
      if (value.foundation !== null) {
        const waiting = await work.load(foundation, value.foundation);
        return !('value' in waiting) || isFree({ built: waiting.value.located, job: waiting.value.job });
      }
      for (const one of await hangingOn(reads.now, id)) {
        if ((await valueOf(work, one))?.built === true) return false;
      }
      return true;
    },

    finish: (work, id, job) => work.attempt(dependency, id, { type: 'FinishDependency', data: { job } }),
    destroy: (work, id, job) => work.attempt(dependency, id, { type: 'DestroyDependency', data: { job } }),

    async scriptModules(work, id) {
      const value = await valueOf(work, id);
      if (!value) throw new Error(`dependency ${id} is gone while a job is at work on it`);
      const found = await structureWithScripts(work, value);
      if (!found) return {};
      const { hostname, site, blueprint, foundation: locator } = found.value;
      const below = await work.load(foundation, locator);
      const layers = await structureLayers(reads.now, found.id, typeOf);
      const attached = layers?.attached ?? NOT_ATTACHED;
      const own = { id: found.id, hostname, site, blueprint, foundation: locator };
      return {
        structure: { members: readOnly({ ...own, ...structureInterfaceMembers(attached) }) },
        config: configModule(layers),
        dhcp: await dhcpModule(reads.now, attached),
        ...('value' in below ? { foundation: await foundationBelow(reads.now, locator, below.value, attached) } : {}),
      };
    },

    async applyEffects(work, id, effects) {
      await applyPxeEffects(work, effects);
      const value = await valueOf(work, id);
      const on = value && (await structureWithScripts(work, value));
      if (on) await applyMacEffects(work, reads.now, on.value.foundation, effects);
    },

    conditions: (view, id, script) => dependencyConditions(view, Number(id), script),
  };
}

const isFree = ({ built, job }: Support): boolean => !built && !job;
/** Whether it is destroyed before what is destroyed with it. */
const goesFirst = (one: Support): boolean => one.built || isBeingDestroyed(one);
const isBeingDestroyed = ({ job }: Pick<Support, 'job'>): boolean => job?.script === 'destroy';

async function valueOf(work: UnitOfWork, id: string | number): Promise<DependencyState | undefined> {
  const found = await work.load(dependency, id);
  return 'value' in found ? found.value : undefined;
}

/** The structure and the dependency it hangs on, as far as they are set. */
async function supportsOf(work: UnitOfWork, value: DependencyState): Promise<Support[]> {
  const supports: Support[] = [];
  if (value.structure !== null) {
    const found = await work.load(structure, value.structure);
    if ('value' in found) supports.push(found.value);
  }
  const above = value.dependency === null ? undefined : await valueOf(work, value.dependency);
  return above ? [...supports, above] : supports;
}

/** The structure whose blueprint has the scripts: the one that is named, else what is depended on, in the end. */
async function structureWithScripts(work: UnitOfWork, value: DependencyState) {
  let at: DependencyState | undefined = value;
  for (let depth = 0; at && depth < MAX_DEPTH; depth += 1) {
    const id: number | null = at.scriptStructure ?? at.structure;
    if (id !== null) {
      const found = await work.load(structure, id);
      return 'value' in found ? { id, value: found.value } : undefined;
    }
    at = at.dependency === null ? undefined : await valueOf(work, at.dependency);
  }
  return undefined;
}

async function descriptionIn(work: UnitOfWork, value: DependencyState, depth = 0): Promise<string> {
  const right = value.foundation ?? '';
  if (value.structure !== null) {
    const found = await work.load(structure, value.structure);
    return `${'value' in found ? found.value.hostname : ''}-${right}`;
  }
  const above = value.dependency === null || depth > MAX_DEPTH ? undefined : await valueOf(work, value.dependency);
  return `${above ? await descriptionIn(work, above, depth + 1) : ''}-${right}`;
}
