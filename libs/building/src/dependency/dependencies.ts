import type { ReadModel } from '#read-store';
import { change, gone, restoredRow, rule } from '#read-store';
import type { TakenBy } from '../foundation.ts';
import type { Dependency } from './dependency.ts';

/** A dependency as it is shown. */
export interface DependencyRow extends Readonly<Dependency> {
  readonly builtAt: string | null;
  readonly job: TakenBy | null;
  readonly created: string;
  readonly updated: string;
}

/** `planned` or `built`. */
export const dependencyState = ({ builtAt }: Pick<DependencyRow, 'builtAt'>): string =>
  builtAt === null ? 'planned' : 'built';

/** What the state of a dependency holds, and its row shows otherwise. */
export const HIDDEN_OF_DEPENDENCIES = ['built'];

/** Dependencies by id. */
export const dependencies: ReadModel<DependencyRow> = {
  name: 'dependencies',
  version: 1,
  key: 'integer',
  history: true,
  indexes: {
    site: ({ site }) => site,
    foundation: ({ foundation }) => foundation,
    structure: ({ structure }) => structure,
    scriptStructure: ({ scriptStructure }) => scriptStructure,
    dependency: ({ dependency }) => dependency,
  },
  on: {
    DependencyDefined: rule<DependencyRow, Dependency>((_, { data, at }) => ({
      ...data,
      builtAt: null,
      job: null,
      created: at,
      updated: at,
    })),
    DependencyChanged: change<DependencyRow, Dependency>((row, { data, at }) => ({ ...row, ...data, updated: at })),
    DependencyTaken: change<DependencyRow, TakenBy>((row, { data }) => ({ ...row, job: data })),
    DependencyReleased: change<DependencyRow, unknown>((row) => ({ ...row, job: null })),
    DependencyBuilt: change<DependencyRow, unknown>((row, { at }) => ({ ...row, builtAt: at, updated: at })),
    DependencyDestroyed: change<DependencyRow, unknown>((row, { at }) => ({ ...row, builtAt: null, updated: at })),
    DependencyForced: change<DependencyRow, { state: string }>((row, { data, at }) => ({
      ...row,
      builtAt: data.state === 'built' ? at : null,
      updated: at,
    })),
    DependencyDeleted: gone(),
    DependencyRestored: restoredRow(HIDDEN_OF_DEPENDENCIES),
  },
};
