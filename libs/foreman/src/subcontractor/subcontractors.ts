import type { ReadModel } from '#read-store';
import { change, rule } from '#read-store';
import type { ShownSubcontractor } from './subcontractor.ts';
import { ALL_SITES } from './subcontractor.ts';

/** A subcontractor at a site, while it is there and for some time after. */
export interface SubcontractorRow extends ShownSubcontractor {
  readonly present: boolean;
  /** Since when it has been there, or gone, ISO 8601. */
  readonly since: string;
  /** When something was last heard of one that is gone, ISO 8601. */
  readonly lastSeen: string | null;
  readonly created: string;
  readonly updated: string;
}

/** Subcontractors by id. */
export const subcontractors: ReadModel<SubcontractorRow> = {
  name: 'subcontractors',
  version: 1,
  key: 'text',
  history: true,
  indexes: {
    /** `*` for one that serves every site. */
    site: ({ site }) => site ?? ALL_SITES,
    present: ({ present }) => (present ? 'yes' : 'no'),
  },
  tags: { module: ({ modules }) => Object.keys(modules) },
  on: {
    SubcontractorAppeared: rule<SubcontractorRow, ShownSubcontractor>((row, { data, at }) => ({
      ...data,
      present: true,
      since: at,
      lastSeen: null,
      created: row?.created ?? at,
      updated: at,
    })),
    SubcontractorModulesChanged: change<SubcontractorRow, Pick<ShownSubcontractor, 'transport' | 'modules'>>(
      (row, { data, at }) => ({ ...row, ...data, updated: at }),
    ),
    SubcontractorGone: change<SubcontractorRow, { readonly lastSeen: string }>((row, { data, at }) => ({
      ...row,
      present: false,
      since: at,
      lastSeen: data.lastSeen,
      updated: at,
    })),
    SubcontractorForgotten: rule<SubcontractorRow, unknown>(() => undefined),
  },
};
