import type { Command } from '../command.ts';
import { told } from '../command.ts';
import { blockCommands } from './block-commands.ts';
import { blueprintCommands } from './blueprint-commands.ts';
import { cartographer, complex, foundation, structure } from './buildings.ts';
import { configCommand, renderedConfigCommand } from './config-command.ts';
import { holdCommands } from './holds.ts';
import { jobNouns } from './job-nouns.ts';
import { known } from './known-models.ts';
import { networkCommands } from './network-commands.ts';
import { addressBlock } from './networks.ts';
import { commandsOf, ofOne, pathOf } from './noun.ts';
import { overview } from './overview.ts';
import { plot, site } from './sites.ts';
import { typeCommands } from './typed-commands.ts';

/** Commands about what there is: sites, addresses, blueprints, what is built, and jobs. */
export const nouns: Readonly<Record<string, Command>> = {
  ...overview,
  ...commandsOf(site),
  ...configCommand(site),
  ...commandsOf(structure),
  ...configCommand(structure),
  ...commandsOf(foundation),
  ...renderedConfigCommand(foundation),
  ...commandsOf(complex),
  ...typeCommands,
  ...jobNouns,
  ...holdCommands,
  ...blueprintCommands,
  ...commandsOf(addressBlock),
  ...blockCommands,
  ...networkCommands,
  ...commandsOf(plot),
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
};
