import type { JsonMap, UnitOfWork } from '#kernel';
import type { ComplexType, ServerHalf } from '#platform';
import { structureFor } from '../structure/find-structure.ts';
import type { ComplexHost } from './complex.ts';

/** A kind of complex by its type text; undefined: a plain one. */
export const complexTypeOf = (platforms: readonly ServerHalf[], type: string | null): ComplexType | undefined =>
  platforms.flatMap(({ complexTypes = [] }) => complexTypes).find((one) => one.type === type);

/** The structure by which a complex of a kind is reached, where a field of it says so. */
export function hostOf(kind: ComplexType | undefined, own: JsonMap): ComplexHost | null {
  if (!kind?.host) return null;
  const structure = own[kind.host.field];
  return typeof structure === 'number' ? { structure, suffices: kind.host.suffices === true } : null;
}

/** Notes what of the fields of its platform is not as these are to be. */
export async function checkComplexFields(
  work: UnitOfWork,
  kind: ComplexType | undefined,
  fields: JsonMap,
): Promise<void> {
  for (const [name, pattern] of Object.entries(kind?.patterns ?? {})) {
    const value = fields[name];
    if (typeof value === 'string' && !pattern.test(value)) {
      work.fault(name, 'INVALID', `"${value}" is invalid: it must match ${pattern.source}`);
    }
  }
  const host = hostOf(kind, fields);
  if (kind?.host && host) await structureFor(work, kind.host.field, host.structure);
}
