import type { ReadModel } from '#read-store';
import { change, gone, restoredRow, rule } from '#read-store';
import type { ScriptLink } from './script-link.ts';

/** A link as it is shown. */
export interface ScriptLinkRow extends ScriptLink {
  readonly created: string;
  readonly updated: string;
}

/** Links of scripts to blueprints by id. */
export const scriptLinks: ReadModel<ScriptLinkRow> = {
  name: 'script_links',
  version: 1,
  key: 'integer',
  history: true,
  indexes: { blueprint: ({ blueprint }) => blueprint, script: ({ script }) => script },
  on: {
    ScriptLinked: rule<ScriptLinkRow, ScriptLink>((_, { data, at }) => ({ ...data, created: at, updated: at })),
    ScriptRelinked: change<ScriptLinkRow, ScriptLink>((row, { data, at }) => ({ ...row, ...data, updated: at })),
    ScriptUnlinked: gone(),
    ScriptLinkRestored: restoredRow(),
  },
};
