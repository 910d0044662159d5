import { describe, it } from '@jest/globals';
import { given } from '#testing';
import type { Dependency, DependencyCommand, DependencyEvent } from './dependency.ts';
import { dependency } from './dependency.ts';

const data: Dependency = {
  structure: 3,
  dependency: null,
  foundation: 'host1',
  scriptStructure: null,
  link: 'soft',
  createScript: 'open',
  destroyScript: 'shut',
  site: 'site1',
};
const defined: DependencyEvent = { type: 'DependencyDefined', data };
const built: DependencyEvent = { type: 'DependencyBuilt', data: { job: 7 } };
const taken = (script: string, job = 7): DependencyEvent => ({ type: 'DependencyTaken', data: { job, script } });
const change = (changes: Partial<Dependency>): DependencyCommand => ({ type: 'ChangeDependency', data: changes });
const take = (script: string): DependencyCommand => ({ type: 'TakeDependency', data: { job: 7, script } });
const close: DependencyCommand = { type: 'CloseDependency', data: {} };

describe('a dependency', () => {
  it('is defined, once', () => {
    given(dependency).when({ type: 'DefineDependency', data }).yields(defined);
    given(dependency, defined).when({ type: 'DefineDependency', data }).refuses('id', 'TAKEN');
  });

  it('changes while it is planned and no job is at work on it; its site always follows', () => {
    const changed = { type: 'DependencyChanged', data: { ...data, link: 'hard' } } as const;
    given(dependency, defined)
      .when(change({ link: 'hard' }))
      .yields(changed);
    given(dependency, defined).when(change(data)).yieldsNothing();
    given(dependency, defined, built)
      .when(change({ link: 'hard' }))
      .refuses('link', 'FIXED');
    given(dependency, defined, taken('create'))
      .when(change({ link: 'hard' }))
      .refuses('link', 'FIXED');
    given(dependency, defined, built)
      .when(change({ site: 'site2' }))
      .yields({ type: 'DependencyChanged', data: { ...data, site: 'site2' } });
  });

  it.each([
    ['create', 'planned', undefined],
    ['create', 'built', 'ALLREADY_BUILT'],
    ['destroy', 'planned', 'NOT_BUILT'],
    ['destroy', 'built', undefined],
  ])('is taken by a %s job while %s: %s', (script, state, refusal) => {
    const then = given(dependency, defined, ...(state === 'built' ? [built] : [])).when(take(script));
    if (refusal === undefined) then.yields(taken(script));
    else then.refuses('', refusal);
  });

  it('is worked at by one job at a time', () => {
    given(dependency, defined, taken('create')).when(take('create')).refuses('', 'JOB_EXISTS');
    given(dependency, defined, taken('create'))
      .when({ type: 'FinishDependency', data: { job: 8 } })
      .refuses('', 'JOB_EXISTS');
    given(dependency, defined, taken('create'))
      .when({ type: 'FinishDependency', data: { job: 7 } })
      .yields(built);
    given(dependency, defined, built, taken('destroy'))
      .when({ type: 'DestroyDependency', data: { job: 7 } })
      .yields({ type: 'DependencyDestroyed', data: { job: 7 } });
  });

  it('is forced, unless a job is at work on it', () => {
    const force = (state: 'planned' | 'built'): DependencyCommand => ({ type: 'ForceDependency', data: { state } });
    const forced = (state: 'planned' | 'built') => ({ type: 'DependencyForced', data: { state } }) as const;
    given(dependency, defined).when(force('built')).yields(forced('built'));
    given(dependency, defined, forced('built')).when(force('planned')).yields(forced('planned'));
    given(dependency, defined, built).when(force('built')).yieldsNothing();
    given(dependency, defined, taken('create')).when(force('built')).refuses('', 'JOB_EXISTS');
    given(dependency).when(force('built')).refuses('', 'NOT_FOUND');
  });

  it('is deleted while it is planned and no job is at work on it', () => {
    given(dependency, defined).when(close).yields({ type: 'DependencyClosed', data: {} });
    given(dependency, defined, built).when(close).refuses('', 'NOT_DELETABLE');
    given(dependency, defined, taken('create')).when(close).refuses('', 'NOT_DELETABLE');
  });
});
