import type { Row } from '../model/types.ts';

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/**
 * The kinds of foundations that what is made from a structure blueprint can stand on, by name: those of the foundation
 * blueprints that it names; where it names none, of all there are.
 */
export function kindsFor(blueprint: Row | undefined, foundations: readonly Row[]): readonly string[] {
  const named = texts(blueprint?.['foundation_blueprint_list']);
  const fit = named.length === 0 ? foundations : foundations.filter(({ name }) => named.includes(String(name)));
  return [...new Set(fit.flatMap((row) => texts(row['foundation_type_list'])))].toSorted();
}
