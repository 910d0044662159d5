import type { Command } from '../command.ts';
import { told } from '../command.ts';
import { inColumns } from '../in-columns.ts';
import type { Values } from '../rest-client.ts';
import { complex, foundation } from './buildings.ts';
import { known } from './known-models.ts';
import { ofOne, pathOf } from './noun.ts';

interface UnknownMachine {
  readonly id: string;
  readonly name: string;
  readonly power: string;
  readonly macs: readonly string[] | null;
}

/** What the host of a complex was found to have. */
interface Machines extends Values {
  readonly looked_at: string | null;
  readonly fault: string | null;
  readonly machine_count: number | null;
  readonly unknown_count: number | null;
  readonly unknown_list: readonly UnknownMachine[];
}

function textOf({ looked_at: at, fault, machine_count: all, unknown_count: unknown, unknown_list: list }: Machines) {
  if (at === null) return 'nobody has looked yet; "complex look" has somebody look';
  const head = fault === null ? `looked at ${at}: ${all} machines` : `looked at ${at} in vain: ${fault}`;
  if (list.length === 0) return fault === null ? `${head}, all of them known` : head;
  const more = (unknown ?? 0) > list.length ? `, the first ${list.length} of them here` : '';
  const rows = list.map(({ id, name, power, macs }) => [id, name, power, macs === null ? '-' : macs.join(' ')]);
  return [
    `${head}, ${unknown} at the host and not here${more}`,
    inColumns([['ID', 'NAME', 'POWER', 'MACS'], ...rows]),
  ].join('\n');
}

/** What of the settings of a machine is not as declared. */
interface Settings extends Values {
  readonly looked_at: string | null;
  readonly fault: string | null;
  readonly declared: boolean | null;
  readonly difference_list: readonly Values[];
}

function settingsText({ looked_at: at, fault, declared, difference_list: list }: Settings): string {
  if (at === null) return 'nobody has looked yet';
  if (fault !== null) return `looked at ${at} in vain: ${fault}`;
  if (declared === false) return 'its configuration declares none';
  if (list.length === 0) return `looked at ${at}: all are as declared`;
  const cell = (value: unknown) => (value === null ? '-' : typeof value === 'string' ? value : JSON.stringify(value));
  const rows = list.map(({ kind, name, wanted, found, pending }) => [kind, name, wanted, found, pending].map(cell));
  return inColumns([['KIND', 'NAME', 'WANTED', 'FOUND', 'PENDING'], ...rows]);
}

/** What machines the hosts of complexes have, and what becomes of those that nobody knows here. */
export const machineCommands: Readonly<Record<string, Command>> = {
  'complex machines': known(complex.model, {
    usage: complex.id,
    does: 'show which machines the host of a complex has that no foundation knows',
    ...ofOne(complex),
    run: async ({ names: [id] }, { client }) => {
      const found = (await client.call(pathOf(complex.model, id, 'machines'), {})) as Machines;
      return told(textOf(found), found);
    },
  }),
  'complex look': known(complex.model, {
    usage: complex.id,
    does: 'have the host of a complex looked at now',
    ...ofOne(complex),
    run: async ({ names: [id] }, { client }) => {
      await client.call(pathOf(complex.model, id, 'look'), {});
      return told(`the host of ${id} is looked at as soon as an agent can`, { complex: id });
    },
  }),
  'complex adopt': known(complex.model, {
    usage: `${complex.id} --machine ID [--locator LOCATOR] [--network NETWORK] [--site SITE] [--blueprint BLUEPRINT] [--dry-run]`,
    does: 'make a foundation of a machine that the host of a complex has already, without a job',
    ...ofOne(complex),
    options: {
      machine: { type: 'string', short: 'm', value: 'ID', does: 'what its platform knows it by' },
      locator: { type: 'string', short: 'l', value: 'LOCATOR', does: 'what it is called; as the machine, unless said' },
      network: { type: 'string', value: 'NETWORK', does: 'the network its interfaces are on' },
      site: { type: 'string', short: 's', value: 'SITE', does: 'where it is', completes: { model: 'Site/Site' } },
      blueprint: {
        type: 'string',
        short: 'b',
        value: 'BLUEPRINT',
        does: 'what it is made from',
        completes: { model: 'BluePrint/FoundationBluePrint' },
      },
      'dry-run': { type: 'boolean', does: 'tell what it would become, and change nothing' },
    },
    run: async ({ names: [id], options }, { client }) => {
      const { 'dry-run': dryRun, ...said } = options;
      const body = { ...said, dry_run: dryRun === true };
      const made = (await client.call(pathOf(complex.model, id, 'adopt'), body)) as { readonly locator: string };
      return told(`${dryRun === true ? 'would be' : 'is'} foundation ${made.locator}`, made);
    },
  }),
  'foundation settings': known(foundation.model, {
    usage: `${foundation.id} [--last]`,
    does: 'show what of the BIOS, the BMC and the firmware of a machine is not as its blueprint declares it',
    ...ofOne(foundation),
    options: { last: { type: 'boolean', does: 'what was found last; the machine is not asked' } },
    run: async ({ names: [id], options }, { client }) => {
      const last = options['last'] === true;
      const found = (await client.call(pathOf(foundation.model, id, 'settings'), { last })) as Settings;
      if (found.fault !== null && !last) throw new Error(found.fault);
      return told(settingsText(found), found);
    },
  }),
  'foundation accept-machine': known(foundation.model, {
    usage: foundation.id,
    does: 'take the machine of a foundation as its host has it now',
    ...ofOne(foundation),
    run: async ({ names: [id] }, { client }) => {
      await client.call(pathOf(foundation.model, id, 'acceptMachine'), {});
      return told(`accepted the machine of ${id}`, { foundation: id });
    },
  }),
};
