import type { Command } from '../command.ts';
import { blockCommands } from './block-commands.ts';
import { blueprintCommands } from './blueprint-commands.ts';
import { complex, foundation, structure } from './buildings.ts';
import { configCommand, renderedConfigCommand } from './config-command.ts';
import { holdCommands } from './holds.ts';
import { jobNouns } from './job-nouns.ts';
import { machineCommands } from './machine-commands.ts';
import { networkCommands } from './network-commands.ts';
import { addressBlock } from './networks.ts';
import { commandsOf } from './noun.ts';
import { overview } from './overview.ts';
import { plot, site } from './sites.ts';
import { surveyCommands } from './survey-commands.ts';
import { typeCommands } from './typed-commands.ts';
import { waveCommands } from './waves.ts';

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
  ...machineCommands,
  ...typeCommands,
  ...jobNouns,
  ...holdCommands,
  ...waveCommands,
  ...blueprintCommands,
  ...commandsOf(addressBlock),
  ...blockCommands,
  ...networkCommands,
  ...commandsOf(plot),
  ...surveyCommands,
};
