import type { Decider, Message } from '#kernel';
import { streamName } from '#kernel';
import type { ReadModel } from '#read-store';
import { rule } from '#read-store';
import type { Program } from '#tscript';

/** A compiled script, kept once under its hash: jobs go on with the program they began with. */
export interface StoredProgram {
  readonly source: string;
  readonly program: Program;
}

type State = StoredProgram | undefined;

export const program: Decider<
  State,
  Message<'StoreProgram', StoredProgram>,
  Message<'ProgramStored', StoredProgram>
> = {
  category: 'program',
  initial: () => undefined,
  decide: { StoreProgram: (data, state) => (state ? [] : { type: 'ProgramStored', data }) },
  evolve: { ProgramStored: (data) => data },
};

/** Programs by hash. */
export const programs: ReadModel<StoredProgram> = {
  name: 'programs',
  version: 1,
  key: 'text',
  history: false,
  stream: (hash) => streamName('program', hash),
  indexes: {},
  on: { ProgramStored: rule<StoredProgram, StoredProgram>((_, { data }) => data) },
};
