import type { Filter } from './model.ts';

/** The text of a converted value (a name, a number, a reference); empty where there is none. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** A filter by a reference: the objects whose index of the same name (or `index`) holds it. */
export const byReference = (name: string, model: string, index: string = name): Filter => ({
  parameters: { [name]: { type: { kind: 'Model', model } } },
  where: ({ [name]: id }) => (id === null ? null : { [index]: asText(id) }),
});
