import type { EntityRow } from '#read-store';
import { change, entityRows, rule } from '#read-store';
import type { Box, BoxKind } from './box.ts';
import { box } from './box.ts';

/** What a box or post is for: one of them. */
export interface ForTarget {
  readonly foundation: string | null;
  readonly structure: number | null;
}

/** A box, what it is for, and where in the log it begins. */
export type BoxRow = EntityRow<Box> & ForTarget & { readonly begins: string };

/** Index value of a foundation or structure. */
export const targetKey = (kind: string, id: string | number): string => `${kind} ${id}`;

/** What something is for, by the kind and the id of its target. */
export const forTarget = (kind: BoxKind, target: string): ForTarget => ({
  foundation: kind === 'Foundation' ? target : null,
  structure: kind === 'Structure' ? Number(target) : null,
});

/** Boxes by id. */
export const boxes = entityRows<Box, BoxRow>(box, {
  name: 'boxes',
  version: 1,
  key: 'integer',
  indexes: {
    kind: ({ kind }) => kind,
    target: ({ kind, target }) => targetKey(kind, target),
    foundation: ({ foundation }) => foundation,
    structure: ({ structure }) => structure,
  },
  on: {
    BoxDefined: rule<BoxRow, Box>((_, { data, at, position }) => ({
      ...data,
      ...forTarget(data.kind, data.target),
      begins: String(position),
      created: at,
      updated: at,
    })),
    BoxChanged: change<BoxRow, Partial<Box>>((row, { data, at }) => ({
      ...row,
      ...data,
      ...forTarget(row.kind, data.target ?? row.target),
      updated: at,
    })),
  },
});
