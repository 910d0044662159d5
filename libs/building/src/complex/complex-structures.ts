import type { ReadModel } from '#read-store';
import { change, gone, restoredRow, rule } from '#read-store';
import type { ComplexStructure } from './complex-structure.ts';

/** A membership as it is shown. */
export interface ComplexStructureRow extends ComplexStructure {
  readonly created: string;
  readonly updated: string;
}

/** Memberships of structures in complexes by id. */
export const complexStructures: ReadModel<ComplexStructureRow> = {
  name: 'complex_structures',
  version: 1,
  key: 'integer',
  history: true,
  indexes: { complex: ({ complex }) => complex },
  on: {
    ComplexStructureAdded: rule<ComplexStructureRow, ComplexStructure>((_, { data, at }) => ({
      ...data,
      created: at,
      updated: at,
    })),
    ComplexStructureChanged: change<ComplexStructureRow, ComplexStructure>((row, { data, at }) => ({
      ...row,
      ...data,
      updated: at,
    })),
    ComplexStructureRemoved: gone(),
    ComplexStructureRestored: restoredRow(),
  },
};
