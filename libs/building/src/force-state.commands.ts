import { randomUUID } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandHandler } from '@nestjs/cqrs';
import { requiresIdMap } from '#blueprint';
import { NamedCommand, UnitOfWorkHandler } from '#event-store';
import type { UnitOfWork } from '#kernel';
import type { Key, ReadStore, View } from '#read-store';
import { READ_STORE } from '#read-store';
import { dependencies } from './dependency/dependencies.ts';
import { dependency } from './dependency/dependency.ts';
import { foundation } from './foundation.ts';
import { forgetMacs } from './interface/foundation-macs.ts';
import { structure } from './structure/structure.ts';

/** Takes a foundation as being in a state, without a job: for what was built before Contractor knew of it. */
export class ForceFoundation extends NamedCommand {
  constructor(
    readonly key: Key,
    readonly state: 'planned' | 'located' | 'built',
  ) {
    super();
  }
}

/** Takes a structure as being in a state, without a job. */
export class ForceStructure extends NamedCommand {
  constructor(
    readonly key: Key,
    readonly state: 'planned' | 'built',
  ) {
    super();
  }
}

/** Takes a dependency as being in a state, without a job. */
export class ForceDependency extends NamedCommand {
  constructor(
    readonly key: Key,
    readonly state: 'planned' | 'built',
  ) {
    super();
  }
}

/** What stands on a foundation that is taken as planned is gone with it. */
async function planFoundation(work: UnitOfWork, view: View, locator: string): Promise<void> {
  const found = await work.load(foundation, locator);
  await work.decide(foundation, locator, { type: 'ForceFoundation', data: { state: 'planned' } });
  await forgetMacs(work, locator);
  const on = 'value' in found ? found.value.structure : undefined;
  if (on !== undefined) await planStructure(work, view, on);
}

/** What hangs on a structure that is taken as planned is gone with it. */
async function planStructure(work: UnitOfWork, view: View, id: Key): Promise<void> {
  await work.decide(structure, id, { type: 'ForceStructure', data: { state: 'planned', configUuid: randomUUID() } });
  const { keys } = await view.keys(dependencies, { where: { structure: Number(id) } });
  for (const key of keys) await planDependency(work, view, Number(key));
}

/** A hard link takes along what waits. One that is planned already has nothing hanging on it that is not. */
async function planDependency(work: UnitOfWork, view: View, id: number): Promise<void> {
  const found = await work.load(dependency, id);
  await work.decide(dependency, id, { type: 'ForceDependency', data: { state: 'planned' } });
  if (!('value' in found) || !found.value.built) return;
  const { link, foundation: waiting } = found.value;
  if (link === 'hard' && waiting !== null) await planFoundation(work, view, waiting);
  const { keys } = await view.keys(dependencies, { where: { dependency: id } });
  for (const key of keys) await planDependency(work, view, Number(key));
}

@CommandHandler(ForceFoundation)
class ForceFoundationHandler extends UnitOfWorkHandler<ForceFoundation> {
  constructor(@Inject(READ_STORE) private readonly reads: ReadStore) {
    super();
  }

  async decide(work: UnitOfWork, { key: locator, state }: ForceFoundation) {
    if (state === 'planned') return planFoundation(work, this.reads.now, String(locator));
    const found = await work.load(foundation, locator);
    if (found.stage === 'active') {
      const { blueprint, idMap, structure: on } = found.value;
      if (idMap === null && (await requiresIdMap(work, blueprint))) {
        work.fault('state', 'NOT_IDENTIFIED', 'its blueprint asks what it is made of (id_map), and that is not known');
      }
      const standing = on === undefined ? undefined : await work.load(structure, on);
      if (state === 'located' && standing && 'value' in standing && standing.value.built) {
        work.fault('state', 'OCCUPIED', `Structure ${on} on it is built`);
      }
    }
    await work.decide(foundation, locator, { type: 'ForceFoundation', data: { state } });
  }
}

@CommandHandler(ForceStructure)
class ForceStructureHandler extends UnitOfWorkHandler<ForceStructure> {
  constructor(@Inject(READ_STORE) private readonly reads: ReadStore) {
    super();
  }

  async decide(work: UnitOfWork, { key, state }: ForceStructure) {
    if (state === 'planned') return planStructure(work, this.reads.now, key);
    await work.decide(structure, key, { type: 'ForceStructure', data: { state, configUuid: randomUUID() } });
  }
}

@CommandHandler(ForceDependency)
class ForceDependencyHandler extends UnitOfWorkHandler<ForceDependency> {
  constructor(@Inject(READ_STORE) private readonly reads: ReadStore) {
    super();
  }

  async decide(work: UnitOfWork, { key, state }: ForceDependency) {
    if (state === 'planned') return planDependency(work, this.reads.now, Number(key));
    await work.decide(dependency, key, { type: 'ForceDependency', data: { state } });
  }
}

export const forceStateHandlers = [ForceFoundationHandler, ForceStructureHandler, ForceDependencyHandler];
