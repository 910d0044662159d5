import type { Filter } from '#api';

/** A filter by a reference to a model whose ids are numbers: the objects whose index holds it. */
export const byNumber = (name: string, model: string, index: string = name): Filter => ({
  parameters: { [name]: { type: { kind: 'Model', model } } },
  where: ({ [name]: id }) => (typeof id === 'number' ? { [index]: id } : null),
});
