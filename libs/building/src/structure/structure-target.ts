import { randomUUID } from 'node:crypto';
import { secretNames } from '#config';
import type { JobTarget } from '#foreman';
import type { UnitOfWork } from '#kernel';
import { streamName } from '#kernel';
import type { FoundationType } from '#platform';
import type { ReadStore, View } from '#read-store';
import type { Attached } from '../attributes/attached.ts';
import { NOT_ATTACHED } from '../attributes/attached.ts';
import { dhcpModule, reachedBy, structureInterfaceMembers } from '../attributes/interface-members.ts';
import { structureLayers } from '../building-layers.ts';
import { checkJobConfig } from '../config-check.ts';
import { dependencies } from '../dependency/dependencies.ts';
import { dependency } from '../dependency/dependency.ts';
import { carrierOf } from '../foundation-target.ts';
import type { FoundationState } from '../foundation.ts';
import { foundation } from '../foundation.ts';
import { applyMacEffects } from '../interface/set-macs.ts';
import { applyPxeEffects } from '../interface/set-pxe.ts';
import type { PlatformKnowledge } from '../platform-members.ts';
import { platformMembers } from '../platform-members.ts';
import { addressed } from '../bmc/shown-address.ts';
import { complex } from '../complex/complex.ts';
import { isInUse, streamsInUse } from '../complex/in-use.ts';
import { changingConfigModule, foundationModule, readOnly } from '../script-modules.ts';
import { selectTargets } from '../selection/job-targets.ts';
import { structureConditions } from '../start-conditions.ts';
import { checkSupports } from '../supports.ts';
import { secretNamesFor } from './secret-names-for.ts';
import { isConfigEffect, setConfig } from './set-config.ts';
import { structure } from './structure.ts';
import { structures } from './structures.ts';

/** Structures as targets of jobs. */
export function structureTarget(
  types: readonly FoundationType[],
  reads: Pick<ReadStore, 'now'>,
  known: PlatformKnowledge = { complexTypes: [] },
): JobTarget {
  const typeOf = (name: string) => types.find(({ type }) => type === name);
  const valueOf = async (work: UnitOfWork, id: string) => {
    const found = await work.load(structure, id);
    return 'value' in found ? found.value : undefined;
  };
  const foundationOf = async (work: UnitOfWork, locator: string) => {
    const found = await work.load(foundation, locator);
    return 'value' in found ? found.value : undefined;
  };
  const foundationBelow = async (view: View, locator: string, state: FoundationState, attached: Attached) => {
    const value = await addressed(view, state, typeOf(state.type));
    const ofPlatform = await platformMembers(view, { locator, value, settable: false }, typeOf, known);
    return foundationModule(locator, value, typeOf(value.type), reachedBy(attached), ofPlatform);
  };
  const onIt = async (view: View, id: string) =>
    (await view.keys(dependencies, { where: { structure: Number(id) } })).keys.map(Number);
  return {
    kind: 'Structure',
    category: structure.category,

    async load(work, id) {
      const found = await work.load(structure, id);
      if (found.stage !== 'active') return undefined;
      const { site, blueprint, hostname, labels = {} } = found.value;
      return { site, blueprint, description: hostname, labels };
    },

    async take(work, id, by) {
      const granted = await work.decide(structure, id, { type: 'TakeStructure', data: by });
      const value = await valueOf(work, id);
      const below = value && (await foundationOf(work, value.foundation));
      if (granted && below) checkSupports(by.script, [below]);
    },

    async checkConfig(_, id, script) {
      await checkJobConfig(script, await structureLayers(reads.now, Number(id), typeOf));
    },

    async release(work, id, job) {
      await work.decide(structure, id, { type: 'ReleaseStructure', data: { job } });
    },

    /** What hangs on it by a hard link is destroyed first. */
    async destroysWith(work, id) {
      const others = [];
      for (const one of await onIt(reads.now, id)) {
        const found = await work.load(dependency, one);
        if (!('value' in found)) continue;
        const { link, built, job } = found.value;
        if (link === 'hard' && built && job?.script !== 'destroy') others.push({ kind: 'Dependency', id: String(one) });
      }
      return others;
    },

    watches: [complex.category],

    async waitsFor(view, id, script) {
      const row = await view.get(structures, Number(id));
      if (script === 'create') return row ? [streamName(foundation.category, row.foundation)] : [];
      const dependent = (await onIt(view, id)).map((one) => streamName(dependency.category, String(one)));
      return script === 'destroy' ? [...dependent, ...(await streamsInUse(view, Number(id)))] : dependent;
    },

    /** It is created on what is built; it is destroyed when nothing depends on it, or runs on its complex, any more. */
    async mayStart(work, id, script) {
      const value = await valueOf(work, id);
      if (!value) return false;
      if (script === 'create') return !value.built && (await foundationOf(work, value.foundation))?.built === true;
      if (script !== 'destroy') return true;
      if (!value.built) return false;
      for (const one of await onIt(reads.now, id)) {
        const found = await work.load(dependency, one);
        if ('value' in found && (found.value.built || found.value.job)) return false;
      }
      return !(await isInUse(work, reads.now, Number(id)));
    },

    finish: (work, id, job) => work.attempt(structure, id, { type: 'FinishStructure', data: { job } }),
    destroy: (work, id, job) =>
      work.attempt(structure, id, { type: 'DestroyStructure', data: { job, configUuid: randomUUID() } }),

    async scriptModules(work, id) {
      const value = await valueOf(work, id);
      if (!value) throw new Error(`structure ${id} is gone while a job is at work on it`);
      const { hostname, site, blueprint, foundation: locator } = value;
      const below = await foundationOf(work, locator);
      let values = value.configValues;
      const now = () => values;
      const isSecret = secretNames(await secretNamesFor(work, value));
      const found = await structureLayers(reads.now, Number(id), typeOf, value.job);
      const attached = found?.attached ?? NOT_ATTACHED;
      const own = { id: Number(id), hostname, site, blueprint, foundation: locator };
      return {
        structure: {
          members: readOnly({ ...own, ...structureInterfaceMembers(attached) }),
          functions: { set_config: setConfig(now, (changed) => void (values = changed), isSecret) },
        },
        config: changingConfigModule(found, now),
        dhcp: await dhcpModule(reads.now, attached),
        ...(below ? { foundation: await foundationBelow(reads.now, locator, below, attached) } : {}),
      };
    },

    /** The last of the changes of its configuration holds them all. */
    async applyEffects(work, id, effects) {
      const locator = (await valueOf(work, id))?.foundation;
      if (locator !== undefined) await applyMacEffects(work, reads.now, locator, effects);
      const last = effects.findLast(isConfigEffect);
      if (last) {
        await work.decide(structure, id, { type: 'ChangeStructure', data: { configValues: last.configValues } });
      }
      await applyPxeEffects(work, effects);
    },

    select: selectTargets('Structure'),

    async complexOf(view, id) {
      const row = await view.get(structures, Number(id));
      return row && carrierOf(view, row.foundation);
    },

    conditions: (view, id, script) => structureConditions(view, Number(id), script),
  };
}
