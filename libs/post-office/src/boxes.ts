import type { EntityRow } from '#read-store';
import { entityRows, rule } from '#read-store';
import type { Box } from './box.ts';
import { box } from './box.ts';

/** A box, and where in the log it begins. */
export type BoxRow = EntityRow<Box> & { readonly begins: string };

/** Index value of a foundation or structure. */
export const targetKey = (kind: string, id: string | number): string => `${kind} ${id}`;

/** Boxes by id. */
export const boxes = entityRows<Box, BoxRow>(box, {
  name: 'boxes',
  version: 1,
  key: 'integer',
  indexes: {
    kind: ({ kind }) => kind,
    target: ({ kind, target }) => targetKey(kind, target),
    foundation: ({ kind, target }) => (kind === 'Foundation' ? target : null),
    structure: ({ kind, target }) => (kind === 'Structure' ? Number(target) : null),
  },
  on: {
    BoxDefined: rule<BoxRow, Box>((_, { data, at, position }) => ({
      ...data,
      begins: String(position),
      created: at,
      updated: at,
    })),
  },
});
