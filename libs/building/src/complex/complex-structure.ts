import type { Decider, Message, RestoreCommand, RestoredEvent } from '#kernel';
import { refuse, restoringValue } from '#kernel';

/** That a structure is a member of a complex. */
export interface ComplexStructure {
  readonly complex: string;
  readonly structure: number;
}

type State = ComplexStructure | undefined;

export type ComplexStructureCommand =
  | Message<'AddComplexStructure', ComplexStructure>
  | Message<'ChangeComplexStructure', ComplexStructure>
  | Message<'RemoveComplexStructure', object>
  | RestoreCommand<'ComplexStructure', ComplexStructure>;

export type ComplexStructureEvent =
  | Message<'ComplexStructureAdded', ComplexStructure>
  | Message<'ComplexStructureChanged', ComplexStructure>
  | Message<'ComplexStructureRemoved', object>
  | RestoredEvent<'ComplexStructure', ComplexStructure>;

const restores = restoringValue<ComplexStructure>()('ComplexStructure');

/** The membership itself; that a structure is in one complex only is the structure's affair. */
export const complexStructure: Decider<State, ComplexStructureCommand, ComplexStructureEvent> = {
  category: 'complexStructure',
  creationCommands: ['AddComplexStructure'],
  initial: () => undefined,
  decide: {
    AddComplexStructure: (data, state) =>
      state
        ? refuse('id', 'TAKEN', 'Complex structure with this Id already exists.')
        : { type: 'ComplexStructureAdded', data },
    ChangeComplexStructure: (data, state) => {
      if (!state) return refuse('', 'NOT_FOUND', 'ComplexStructure does not exist');
      const same = state.complex === data.complex && state.structure === data.structure;
      return same ? [] : { type: 'ComplexStructureChanged', data };
    },
    RemoveComplexStructure: (_, state) => (state ? { type: 'ComplexStructureRemoved', data: {} } : []),
    ...restores.decide,
  },
  evolve: {
    ComplexStructureAdded: (data) => data,
    ComplexStructureChanged: (data) => data,
    ComplexStructureRemoved: () => undefined,
    ...restores.evolve,
  },
};
