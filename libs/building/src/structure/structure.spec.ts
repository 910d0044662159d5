import { describe, expect, it } from '@jest/globals';
import { given, stateAfter } from '#testing';
import type { Structure, StructureCommand, StructureEvent } from './structure.ts';
import { structure } from './structure.ts';

const value: Structure = {
  hostname: 'web1',
  site: 'site1',
  zone: 1,
  blueprint: 'web',
  foundation: 'host1',
  configValues: [['port', 80]],
};
const data = { ...value, configUuid: 'first' };
const defined: StructureEvent = { type: 'StructureDefined', data };
const built: StructureEvent = { type: 'StructureBuilt', data: { job: 7 } };
const taken = (script: string, job = 7): StructureEvent => ({ type: 'StructureTaken', data: { job, script } });
const change = (changes: Partial<Structure>): StructureCommand => ({ type: 'ChangeStructure', data: changes });
const take = (script: string, job = 7): StructureCommand => ({ type: 'TakeStructure', data: { job, script } });
const finish = (job = 7): StructureCommand => ({ type: 'FinishStructure', data: { job } });
const destroy = (job = 7): StructureCommand => ({ type: 'DestroyStructure', data: { job, configUuid: 'next' } });
const close: StructureCommand = { type: 'CloseStructure', data: {} };

describe('a structure', () => {
  it('is defined, once', () => {
    given(structure).when({ type: 'DefineStructure', data }).yields(defined);
    given(structure, defined).when({ type: 'DefineStructure', data }).refuses('id', 'TAKEN');
  });

  it.each<[Partial<Structure>, string]>([
    [{ hostname: 'web2' }, 'StructureRenamed'],
    [{ site: 'site2' }, 'StructureMoved'],
    [{ blueprint: 'proxy' }, 'StructureBluePrintChosen'],
    [{ foundation: 'host2' }, 'StructurePlaced'],
  ])('changes by %j as long as it is neither built nor worked at', (changes, type) => {
    const [field] = Object.keys(changes) as [string];
    given(structure, defined)
      .when(change(changes))
      .yields({ type, data: changes } as StructureEvent);
    given(structure, defined, built).when(change(changes)).refuses(field, 'FIXED');
    given(structure, defined, taken('create')).when(change(changes)).refuses(field, 'FIXED');
    given(structure, defined, built).when(change(value)).yieldsNothing();
  });

  it.each<[Partial<Structure>, string]>([
    [{ zone: null }, 'StructureZoneChosen'],
    [{ configValues: [] }, 'StructureConfigured'],
    [{ labels: { rack: 'r1' } }, 'StructureLabelsChanged'],
    [{ owner: 'alice' }, 'StructureOwnerChosen'],
  ])('changes by %j at any time', (changes, type) =>
    given(structure, defined, built, taken('destroy'))
      .when(change(changes))
      .yields({ type, data: changes } as StructureEvent),
  );

  it('has no labels and no owner until it is given some', () => {
    given(structure, defined)
      .when(change({ labels: {}, owner: null }))
      .yieldsNothing();
    const labelled: StructureEvent = { type: 'StructureLabelsChanged', data: { labels: { rack: 'r1' } } };
    given(structure, defined, labelled)
      .when(change({ labels: { rack: 'r1' } }))
      .yieldsNothing();
    given(structure, defined, labelled)
      .when(change({ labels: {} }))
      .yields({ type: 'StructureLabelsChanged', data: { labels: {} } });
  });

  it.each([
    ['create', 'planned', undefined],
    ['create', 'built', 'ALLREADY_BUILT'],
    ['destroy', 'planned', 'NOT_BUILT'],
    ['destroy', 'built', undefined],
    ['check', 'planned', 'NOT_BUILT'],
    ['check', 'built', undefined],
  ])('is taken by a %s job while %s: %s', (script, state, refusal) => {
    const then = given(structure, defined, ...(state === 'built' ? [built] : [])).when(take(script));
    if (refusal === undefined) then.yields(taken(script));
    else then.refuses('', refusal);
  });

  it('is taken by one job at a time, which alone decides what becomes of it', () => {
    given(structure, defined, taken('create')).when(take('create', 8)).refuses('', 'JOB_EXISTS');
    given(structure, defined, taken('create')).when(finish(8)).refuses('', 'JOB_EXISTS');
    given(structure, defined, taken('create')).when(finish(7)).yields(built);
    given(structure, defined, built, taken('destroy')).when(destroy(8)).refuses('', 'JOB_EXISTS');
    given(structure, defined, taken('create'))
      .when({ type: 'ReleaseStructure', data: { job: 8 } })
      .yieldsNothing();
  });

  it('has another uuid after it was destroyed', () => {
    const destroyed: StructureEvent = { type: 'StructureDestroyed', data: { job: 7, configUuid: 'next' } };
    given(structure, defined, built, taken('destroy')).when(destroy()).yields(destroyed);
    expect(stateAfter(structure, defined, built, destroyed)).toMatchObject({
      value: { built: false, configUuid: 'next' },
    });
    given(structure, defined).when(destroy()).yieldsNothing();
  });

  it('is in one complex at most', () => {
    const join = (membership: number): StructureCommand => ({
      type: 'JoinComplex',
      data: { complex: 'cluster', membership },
    });
    const joined: StructureEvent = { type: 'ComplexJoined', data: { complex: 'cluster', membership: 5 } };
    given(structure, defined).when(join(5)).yields(joined);
    given(structure, defined, joined).when(join(6)).refuses('structure', 'TAKEN');
    given(structure, defined, joined)
      .when({ type: 'LeaveComplex', data: { membership: 6 } })
      .yieldsNothing();
  });

  it('is forced into a state where no job is at work on it', () => {
    const force: StructureCommand = { type: 'ForceStructure', data: { state: 'built', configUuid: 'next' } };
    given(structure, defined)
      .when(force)
      .yields({ type: 'StructureForced', data: { state: 'built' } });
    given(structure, defined, built).when(force).yieldsNothing();
    given(structure, defined, taken('create')).when(force).refuses('', 'JOB_EXISTS');
  });

  it('is deleted while it is planned and no job is at work on it', () => {
    given(structure, defined).when(close).yields({ type: 'StructureClosed', data: {} });
    given(structure, defined, built).when(close).refuses('', 'NOT_DELETABLE');
    given(structure, defined, taken('create')).when(close).refuses('', 'NOT_DELETABLE');
  });
});
