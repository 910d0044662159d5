import type { Command } from '../command.ts';
import { told } from '../command.ts';
import { foundation } from './buildings.ts';
import { known } from './known-models.ts';
import type { Noun } from './noun.ts';
import { commandsOf, ofOne, pathOf } from './noun.ts';

const cartographer: Noun = {
  words: 'cartographer',
  model: 'Survey/Cartographer',
  called: ['a machine that has called in', 'machines that have called in'],
  id: 'IDENTIFIER',
  needs: 'requires a Id argument',
  list: {
    IDENTIFIER: 'identifier',
    MESSAGE: 'message',
    FOUNDATION: 'foundation',
    'LAST CHECKIN': 'last_checkin',
    CREATED: 'created',
    UPDATED: 'updated',
  },
  get: {
    Identifier: 'identifier',
    Message: 'message',
    Foundation: 'foundation',
    'Last Checkin': 'last_checkin',
    Fingerprint: 'fingerprint',
    'Info Map': 'info_map',
    Created: 'created',
    Updated: 'updated',
  },
  verbs: ['list', 'get', 'delete'],
};

/** Machines that have called in: which foundations they are, or become. */
export const surveyCommands: Readonly<Record<string, Command>> = {
  ...commandsOf(cartographer),
  'cartographer assign': known(cartographer.model, {
    usage: `${cartographer.id} --foundation LOCATOR`,
    does: 'say which foundation a machine is that has called in',
    ...ofOne(cartographer),
    options: {
      foundation: {
        type: 'string',
        short: 'f',
        value: 'LOCATOR',
        does: 'the foundation it is',
        completes: { model: foundation.model },
      },
    },
    run: async ({ names: [id], options: { foundation: locator } }, { client }) => {
      await client.call(pathOf(cartographer.model, id, 'assign'), { foundation: locator ?? null });
      return told(`assigned ${id} to ${String(locator)}`, { identifier: id, foundation: locator ?? null });
    },
  }),
  'cartographer blueprints': known(cartographer.model, {
    usage: cartographer.id,
    does: 'show which foundation blueprints a machine fits that has called in',
    ...ofOne(cartographer),
    run: async ({ names: [id] }, { client }) => {
      const fits = (await client.call(pathOf(cartographer.model, id, 'blueprints'), {})) as readonly Fit[];
      const lines = fits.map(({ blueprint, fault }) => `${blueprint}: ${fault ?? 'fits'}`);
      return told(
        lines.length === 0 ? 'no foundation blueprint says what machines have to be' : lines.join('\n'),
        fits,
      );
    },
  }),
  'cartographer take': known(cartographer.model, {
    usage: `${cartographer.id} [--rule RULE] [--locator LOCATOR] [--site SITE] [--blueprint BLUEPRINT] [--dry-run]`,
    does: 'make the foundation that a machine is which has called in',
    ...ofOne(cartographer),
    options: {
      rule: { type: 'string', value: 'RULE', does: 'an intake rule that says what is not said here' },
      locator: { type: 'string', short: 'l', value: 'LOCATOR', does: 'what it is called' },
      site: { type: 'string', short: 's', value: 'SITE', does: 'where it is', completes: { model: 'Site/Site' } },
      blueprint: {
        type: 'string',
        short: 'b',
        value: 'BLUEPRINT',
        does: 'what it is made from',
        completes: { model: 'BluePrint/FoundationBluePrint' },
      },
      type: { type: 'string', value: 'TYPE', does: 'type of the foundation' },
      plot: { type: 'string', value: 'PLOT', does: 'the plot it is in', completes: { model: 'Survey/Plot' } },
      network: { type: 'string', value: 'NETWORK', does: 'the network its interfaces are on' },
      'dry-run': { type: 'boolean', does: 'tell what it would become, and change nothing' },
    },
    run: async ({ names: [id], options }, { client }) => {
      const { type, 'dry-run': dryRun, ...said } = options;
      const body = { ...said, ...(type === undefined ? {} : { foundation_type: type }), dry_run: dryRun === true };
      const taken = (await client.call(pathOf(cartographer.model, id, 'takeIn'), body)) as { readonly locator: string };
      return told(`${dryRun === true ? 'would be' : 'is'} foundation ${taken.locator}`, taken);
    },
  }),
};

/** Whether a machine is what a foundation blueprint asks for; what is missing where it is not. */
interface Fit {
  readonly blueprint: string;
  readonly fault: string | null;
}
