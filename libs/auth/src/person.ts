import type { Decider, Message } from '#kernel';

/** Somebody whom the log knows by an id; who that is, the ledger knows (`libs/people`), until they are erased. */
export interface Person {
  readonly erased: boolean;
}

/** Says of a person that nobody is to know who they are. */
export const person: Decider<Person, Message<'ErasePerson', object>, Message<'PersonErased', object>> = {
  category: 'person',
  copies: true,
  initial: () => ({ erased: false }),
  decide: { ErasePerson: (_, { erased }) => (erased ? [] : { type: 'PersonErased', data: {} }) },
  evolve: { PersonErased: () => ({ erased: true }) },
};
