import type { Layer } from '#config';
import type { Decider, Message, UnitOfWork } from '#kernel';
import { writeJson } from '#kernel';
import type { ReadModel, ReadStore } from '#read-store';
import { rule } from '#read-store';

/** The names that somebody declares to be those of secrets, wherever they stand. */
interface Declared {
  /** Who declares them: `BluePrint web`. */
  readonly by: string;
  readonly names: readonly string[];
}

/** Names by who declares them. */
type State = ReadonlyMap<string, readonly string[]>;

export type SecretNamesCommand = Message<'DeclareSecretNames', Declared>;
export type SecretNamesEvent = Message<'SecretNamesDeclared', Declared>;

/** The id of the one stream in which all of them are: whoever writes configuration values reads it. */
const ALL = 'all';

/** The register of names that are declared to be those of secrets. */
export const secretNamesRegister: Decider<State, SecretNamesCommand, SecretNamesEvent> = {
  category: 'secretNames',
  initial: () => new Map(),
  decide: {
    DeclareSecretNames: ({ by, names }, state) =>
      writeJson(names) === writeJson(state.get(by) ?? []) ? [] : { type: 'SecretNamesDeclared', data: { by, names } },
  },
  evolve: {
    SecretNamesDeclared: ({ by, names }, state) => {
      const next = new Map(state);
      if (names.length === 0) next.delete(by);
      else next.set(by, names);
      return next;
    },
  },
};

/** The names that each declares, by who does. */
export const secretNamesRows: ReadModel<Pick<Declared, 'names'>> = {
  name: 'secret_names',
  version: 1,
  key: 'text',
  history: false,
  indexes: {},
  on: {
    SecretNamesDeclared: rule<Pick<Declared, 'names'>, Declared>(
      (_, { data: { names } }) => (names.length === 0 ? undefined : { names }),
      ({ data: { by } }) => by,
    ),
  },
};

/** Says which names somebody declares, in place of those before. */
export const declareSecretNames = (work: UnitOfWork, by: string, names: readonly string[]): Promise<boolean> =>
  work.decide(secretNamesRegister, ALL, { type: 'DeclareSecretNames', data: { by, names } });

/** All names that are declared, for whoever writes configuration values. */
export const declaredSecrets = async (work: UnitOfWork): Promise<readonly string[]> =>
  [...(await work.load(secretNamesRegister, ALL)).values()].flat();

/** All names that are declared now, from the read models. */
export async function declaredSecretsNow(reads: Pick<ReadStore, 'now'>): Promise<readonly string[]> {
  const { rows } = await reads.now.list(secretNamesRows);
  return rows.flatMap(({ row }) => row.names);
}

/** A layer that has nothing but these names masked in whatever comes of the layers it is put to, also in what was. */
export const maskingLayer = async (reads: Pick<ReadStore, 'now'>): Promise<Layer> => ({
  source: { kind: 'Contractor', id: '' },
  secretNames: await declaredSecretsNow(reads),
});
