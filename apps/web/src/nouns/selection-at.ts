import type { Selection } from '../list/use-whole-list.ts';
import type { Model } from '../model/types.ts';

/** The objects of a model at a site, where there is a filter for that; otherwise all of them. */
export const selectionAt = ({ filters }: Model, site: string | undefined): Selection =>
  site !== undefined && 'site' in filters ? { filter: 'site', parameters: { site } } : {};
