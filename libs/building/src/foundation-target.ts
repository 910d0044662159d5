import { randomUUID } from 'node:crypto';
import { requiresIdMap } from '#blueprint';
import type { JobTarget } from '#foreman';
import type { Refusal, UnitOfWork } from '#kernel';
import { refuse, refuseAs, streamName } from '#kernel';
import type { FoundationType } from '#platform';
import type { ReadStore, View } from '#read-store';
import { NOT_ATTACHED } from './attributes/attached.ts';
import { dhcpModule } from './attributes/interface-members.ts';
import { ADDRESS, ADDRESS_WATCHES, addressNeeds, addressStreams, provisioningIp } from './borrow-address.ts';
import { foundationLayers } from './building-layers.ts';
import { complex } from './complex/complex.ts';
import { complexes, isComplexBuilt as isBuilt } from './complex/complexes.ts';
import { carrierTakenDown } from './complex/carrier-taken-down.ts';
import { checkJobConfig } from './config-check.ts';
import { dependency } from './dependency/dependency.ts';
import type { FoundationState } from './foundation.ts';
import { foundation } from './foundation.ts';
import type { FoundationRow } from './foundations.ts';
import { foundationConditions } from './start-conditions.ts';
import { foundations } from './foundations.ts';
import { forgetMacs } from './interface/foundation-macs.ts';
import { applyMacEffects } from './interface/set-macs.ts';
import { applyPxeEffects } from './interface/set-pxe.ts';
import { applyOwnValues } from './own-value-effect.ts';
import type { PlatformKnowledge } from './platform-members.ts';
import { platformMembers, withAddresses } from './platform-members.ts';
import { addressed } from './bmc/shown-address.ts';
import { configModule, foundationModule, readOnly } from './script-modules.ts';
import { selectTargets } from './selection/job-targets.ts';
import { structure } from './structure/structure.ts';
import { checkSupports } from './supports.ts';

/** Foundations, of the given types, as targets of jobs. */
export function foundationTarget(
  types: readonly FoundationType[],
  reads: Pick<ReadStore, 'now'>,
  known: PlatformKnowledge = { complexTypes: [] },
): JobTarget {
  const typeOf = (name: string) => types.find(({ type }) => type === name);
  const valueOf = async (work: UnitOfWork, locator: string) => {
    const found = await work.load(foundation, locator);
    return 'value' in found ? found.value : undefined;
  };

  /** Whether it becomes located when somebody wants to build it: by itself, or as the complex that carries it is built. */
  const locatesNow = async (work: UnitOfWork, { type, complex: carrier }: FoundationState): Promise<boolean> => {
    const how = typeOf(type)?.locates;
    return how === 'by-itself' || (how === 'with-complex' && carrier != null && (await isComplexBuilt(work, carrier)));
  };

  /** Whether it can only be built while the complex that carries it is. */
  const isCarried = ({ type, complex: carrier }: FoundationState): boolean =>
    carrier != null && typeOf(type)?.locates === 'with-complex';

  const mayCreate = async (work: UnitOfWork, locator: string, value: FoundationState): Promise<boolean> => {
    const awaited = await dependencyOf(work, value);
    if (awaited && !awaited.built) return false;
    if (value.located) return !isCarried(value) || isComplexBuilt(work, value.complex ?? '');
    if (!(await locatesNow(work, value)) || (await whyNotLocated(work, value))) return false;
    return (await work.attempt(foundation, locator, { type: 'LocateFoundation', data: {} })) === undefined;
  };

  const mayDestroy = async (work: UnitOfWork, value: FoundationState): Promise<boolean> => {
    if (!value.built) return false;
    const on = await structureOn(work, value);
    return !on || (!on.built && !on.job);
  };

  return {
    kind: 'Foundation',
    category: foundation.category,

    async load(work, locator) {
      const found = await work.load(foundation, locator);
      if (found.stage !== 'active') return undefined;
      const { site, blueprint, labels = {} } = found.value;
      return { site, blueprint, description: locator, labels };
    },

    async carries(work, locator) {
      const id = (await valueOf(work, locator))?.structure;
      const on = id === undefined ? undefined : await work.load(structure, id);
      if (id === undefined || !on || !('value' in on)) return undefined;
      const { site, blueprint, hostname, labels = {} } = on.value;
      return { kind: 'Structure', id: String(id), found: { site, blueprint, description: hostname, labels } };
    },

    async take(work, locator, by) {
      const granted = await work.decide(foundation, locator, { type: 'TakeFoundation', data: by });
      const value = await valueOf(work, locator);
      const awaited = value && (await dependencyOf(work, value));
      if (granted && awaited) checkSupports(by.script, [awaited]);
      if (!granted || by.script !== 'create' || value?.complex == null) return;
      const reason = await carrierTakenDown(work, value.complex);
      if (reason !== undefined) throw refuseAs('ForemanException', 'JOB_EXISTS', reason);
    },

    async checkConfig(_, locator, script) {
      await checkJobConfig(script, await foundationLayers(reads.now, locator, typeOf));
    },

    async release(work, locator, job) {
      await work.decide(foundation, locator, { type: 'ReleaseFoundation', data: { job } });
    },

    ...addressNeeds(reads),

    watches: [complex.category, ...ADDRESS_WATCHES],

    async waitsFor(view, locator, script, needs) {
      const row = await view.get(foundations, locator);
      if (!row) return [];
      const others = await streamsAwaited(view, row, script);
      return needs.includes(ADDRESS) ? [...others, ...(await addressStreams(view, locator))] : others;
    },

    async mayStart(work, locator, script) {
      const value = await valueOf(work, locator);
      if (!value) return false;
      if (script === 'create') return mayCreate(work, locator, value);
      return script !== 'destroy' || mayDestroy(work, value);
    },

    async finish(work, locator, job) {
      const value = await valueOf(work, locator);
      const reason = value && !value.located ? await whyNotLocated(work, value) : undefined;
      return reason ?? work.attempt(foundation, locator, { type: 'FinishFoundation', data: { job } });
    },

    /** What stands on it is gone with it. */
    async destroy(work, locator, job) {
      const value = await valueOf(work, locator);
      const refusal = await work.attempt(foundation, locator, { type: 'DestroyFoundation', data: { job } });
      if (refusal) return refusal;
      await forgetMacs(work, locator);
      if (value?.structure === undefined) return undefined;
      const on = await work.load(structure, value.structure);
      if (!('value' in on) || !on.value.built) return undefined;
      const data = { job, configUuid: randomUUID() };
      return work.attempt(structure, value.structure, { type: 'DestroyStructure', data });
    },

    async scriptModules(work, locator) {
      const state = await valueOf(work, locator);
      const value = state && (await addressed(reads.now, state, typeOf(state.type)));
      if (!value) throw new Error(`foundation ${locator} is gone while a job is at work on it`);
      const found = await foundationLayers(reads.now, locator, typeOf, value.job);
      const attached = found?.attached ?? NOT_ATTACHED;
      const standing = { locator, value, settable: true };
      const ofPlatform = {
        ...(await platformMembers(reads.now, standing, typeOf, known)),
        ...readOnly((await known.resources?.valuesOf(work, locator, value)) ?? {}),
      };
      const reached = {
        attached: await withAddresses(reads.now, standing, typeOf(value.type), attached),
        provisioningIp: await provisioningIp(reads.now, locator, value),
      };
      return {
        foundation: foundationModule(locator, value, typeOf(value.type), reached, ofPlatform),
        config: configModule(found),
        dhcp: await dhcpModule(reads.now, attached),
      };
    },

    async applyEffects(work, locator, effects) {
      await applyPxeEffects(work, effects);
      await applyMacEffects(work, reads.now, locator, effects);
      await applyOwnValues(work, locator, effects);
      const value = await valueOf(work, locator);
      if (value) await known.resources?.applyEffects(work, locator, value, effects);
    },

    complexOf: (view, locator) => carrierOf(view, locator),

    select: selectTargets('Foundation'),

    conditions: (view, locator, script) => foundationConditions(view, locator, script, typeOf),
  };
}

/** The complex that carries a foundation. */
export const carrierOf = async (view: View, locator: string): Promise<string | undefined> =>
  (await view.get(foundations, locator))?.complex ?? undefined;

async function structureOn(work: UnitOfWork, { structure: id }: FoundationState) {
  const found = id === undefined ? undefined : await work.load(structure, id);
  return found && 'value' in found ? found.value : undefined;
}

async function dependencyOf(work: UnitOfWork, { dependency: id }: FoundationState) {
  const found = id === undefined ? undefined : await work.load(dependency, id);
  return found && 'value' in found ? found.value : undefined;
}

/** Why a foundation cannot be located now; undefined: nothing is in the way. */
export async function whyNotLocated(work: UnitOfWork, value: FoundationState): Promise<Refusal | undefined> {
  const on = await structureOn(work, value);
  if (on?.built) return refuse('', 'STRUCTURE_BUILT', 'the structure on the foundation is built');
  if (on?.job && !value.job) return refuse('', 'JOB_EXISTS', `job ${on.job.job} is at work on its structure`);
  if (value.idMap === null && (await requiresIdMap(work, value.blueprint))) {
    const text = `blueprint "${value.blueprint}" has a validation template, and the foundation has no id map`;
    return refuse('', 'ID_MAP_MISSING', text);
  }
  return undefined;
}

/** Whether a complex is built. */
export async function isComplexBuilt(work: UnitOfWork, name: string): Promise<boolean> {
  const found = await work.load(complex, name);
  if (found.stage !== 'active') return false;
  return isBuilt(found.value, async (id) => {
    const its = await work.load(structure, id);
    return 'value' in its && its.value.built;
  });
}

/** The streams of what a job on a foundation waits for. */
async function streamsAwaited(view: View, row: FoundationRow, script: string): Promise<readonly string[]> {
  if (script !== 'create') return row.structure === null ? [] : [streamName('structure', String(row.structure))];
  const carrier = row.complex == null ? undefined : await view.get(complexes, row.complex);
  return [
    ...(row.dependency === null ? [] : [streamName('dependency', String(row.dependency))]),
    ...(row.complex == null ? [] : [streamName('complex', row.complex)]),
    ...(carrier?.host ? [streamName('structure', String(carrier.host.structure))] : []),
    ...(carrier?.members ?? []).map((member) => streamName('structure', String(member.structure))),
  ];
}
