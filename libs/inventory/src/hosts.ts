import type { ComplexRow, FoundationRow } from '#building';
import { complexes, foundations } from '#building';
import type { ComplexType, FoundationType, ServerHalf } from '#platform';
import type { View } from '#read-store';

/** A kind of complex whose host tells which machines it has. */
export interface HostKind {
  /** Name of the agent module that asks it. */
  readonly module: string;
  readonly complexType: ComplexType & { readonly lists: NonNullable<ComplexType['lists']> };
  /** What it carries. */
  readonly foundationType: FoundationType & { readonly machineId: string };
}

/** The kinds of complexes whose hosts tell which machines they have, by type. */
export function hostKinds(platforms: readonly ServerHalf[]): ReadonlyMap<string, HostKind> {
  const types = platforms.flatMap(({ foundationTypes }) => foundationTypes);
  return new Map(
    platforms.flatMap(({ name: module, complexTypes = [] }) =>
      complexTypes.flatMap((complexType) => {
        const carried = types.find(({ type }) => type === complexType.carries.type);
        const { lists } = complexType;
        if (!lists || carried?.machineId === undefined) return [];
        const foundationType = { ...carried, machineId: carried.machineId };
        return [[complexType.type, { module, complexType: { ...complexType, lists }, foundationType }] as const];
      }),
    ),
  );
}

type Reached = Pick<ComplexRow, 'type' | 'host' | 'members'>;

/** The structure that a complex is reached by; complexes of one type that share it share its machines. */
const hostOf = ({ host, members }: Reached): number | undefined => host?.structure ?? members[0]?.structure;

/** Names of the complexes that are reached by the same host, this one included. */
export async function sharingHost(view: View, name: string, row: Reached): Promise<readonly string[]> {
  const { rows } = await view.list(complexes, { where: { type: row.type } });
  const others = rows.filter(({ key, row: its }) => key !== name && hostOf(its) === hostOf(row));
  return [name, ...others.map(({ key }) => String(key))];
}

/** Lists by one value are kept in memory; those by several are not. */
export const valueOrAny = (values: readonly string[]) => (values.length === 1 ? (values[0] ?? '') : { any: values });

/** The foundations that complexes carry, by locator. */
export async function foundationsOf(view: View, names: readonly string[]): Promise<ReadonlyMap<string, FoundationRow>> {
  const { rows } = await view.list(foundations, { where: { complex: valueOrAny(names) } });
  return new Map(rows.map(({ key, row }) => [String(key), row]));
}
