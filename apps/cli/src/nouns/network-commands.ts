import type { Asked, Command, CommandOption, Tools } from '../command.ts';
import { Misuse } from '../command.ts';
import type { Values } from '../rest-client.ts';
import { known } from './known-models.ts';
import { aggregatedInterface, foundationInterface, structureAddress, structureInterface } from './interfaces.ts';
import { lookupsOf, structureId } from './lookups.ts';
import { networkLink, networkNoun } from './networks.ts';
import type { NounOptions } from './noun-option.ts';
import { declared, fieldValues, optionsFor, usageOfOptions } from './noun-option.ts';
import type { Noun } from './noun.ts';
import { commandsOf, ofOne, PAGING, pageOf, pathOf, queryOf } from './noun.ts';
import type { Cells } from './render.ts';
import { detailed, lineOf, listed } from './render.ts';
import { foundation, structure } from './buildings.ts';

/** How objects that belong to another one are listed by it, and made for it. */
interface Owner {
  readonly noun: Noun;
  /** The filter and its parameter, and the field that says whose they are. */
  readonly filter: string;
  readonly field: string;
  readonly numbered: boolean;
}

const byStructure: Owner = { noun: structure, filter: 'structure', field: 'structure', numbered: true };
const byFoundation: Owner = { noun: foundation, filter: 'foundation', field: 'foundation', numbered: false };

const ownerId = async ({ noun, numbered }: Owner, { names }: Asked, { client }: Tools): Promise<string | number> => {
  const id = (await noun.idOf?.(client, names[0] ?? '')) ?? names[0] ?? '';
  if (!numbered) return id;
  if (!/^\d+$/.test(id)) throw new Misuse(`"${id}" is no id`);
  return Number(id);
};

/** The commands about objects that belong to another: those of the noun, where list and create name the owner. */
const ownedBy = (owner: Owner, noun: Noun, create: 'create' | 'add' = 'create'): Readonly<Record<string, Command>> => {
  const options = optionsFor('create', noun.options ?? {});
  return {
    ...commandsOf({ ...noun, verbs: ['get', 'update', 'delete'] }),
    [`${noun.words} list`]: known(noun.model, {
      usage: `${owner.noun.id} [--limit N] [--offset N]`,
      does: `list the ${noun.called[1]}`,
      ...ofOne(owner.noun),
      options: PAGING,
      run: async (asked, tools) => {
        const id = String(await ownerId(owner, asked, tools));
        const query = { ...queryOf(asked, {}), filter: owner.filter, [owner.filter]: id };
        return listed(await tools.client.list(noun.model, query, pageOf(asked)), noun.list);
      },
    }),
    [`${noun.words} ${create}`]: known(noun.model, {
      usage: `${owner.noun.id} ${usageOfOptions('create', options)}`,
      does: `define ${noun.called[0]}`,
      ...ofOne(owner.noun),
      options: declared(options),
      run: async (asked, tools) => {
        const values = await fieldValues('create', asked, options, lookupsOf(tools));
        const made = { [owner.field]: await ownerId(owner, asked, tools), ...values };
        return detailed(await tools.client.create(noun.model, made), noun.get);
      },
    }),
  };
};

const NEXT: NounOptions = optionsFor('create', {
  addressblock: { ...structureAddress.options?.['addressblock'], does: 'the address block' },
  interfacename: { ...structureAddress.options?.['interfacename'], does: 'the interface it is on' },
  primary: { short: 'p', kind: 'flag', field: 'is_primary', initial: false, does: 'the host is known by it' },
});

const PXE: Readonly<Record<string, CommandOption>> = {
  name: {
    type: 'string',
    short: 'n',
    value: 'PXE',
    does: 'what it boots; normal-boot unless said',
    completes: { model: 'BluePrint/PXE' },
  },
};

const pxeIn = ({ options: { name } }: Asked): string => (typeof name === 'string' ? name : 'normal-boot');

const networkWithLinks: Cells = {
  ...networkNoun.get,
  Links: ({ links }: Values) => {
    const rows = (links as readonly Values[]).map(({ id, address_block: block, vlan }) => [
      String(id),
      `address block ${String(block)}${vlan === null ? '' : `, VLAN ${lineOf(vlan)}`}`,
    ]);
    return Object.fromEntries(rows) as Values;
  },
};

/** Commands about networks, interfaces and the addresses on them. */
export const networkCommands: Readonly<Record<string, Command>> = {
  ...commandsOf({ ...networkNoun, verbs: ['list', 'create', 'update', 'delete'] }),
  'network get': known(networkNoun.model, {
    usage: networkNoun.id,
    does: 'show a network with its links to address blocks',
    ...ofOne(networkNoun),
    run: async ({ names: [id = ''] }, { client }) => {
      const [network, links] = [
        await client.get(pathOf(networkNoun.model, id)),
        await client.list(networkLink.model, { filter: 'network', network: id }),
      ];
      return detailed({ ...network, links: links.map(({ _links, ...link }) => link) }, networkWithLinks);
    },
  }),
  ...ownedBy({ noun: networkNoun, filter: 'network', field: 'network', numbered: true }, networkLink),
  // The links of all networks may be listed.
  ...commandsOf({ ...networkLink, verbs: ['list'] }),
  ...ownedBy(byFoundation, foundationInterface),
  'foundation interface pxe': known(foundationInterface.model, {
    usage: `${foundationInterface.id} [--name PXE]`,
    does: 'choose what a machine boots from a network interface',
    ...ofOne(foundationInterface),
    options: PXE,
    run: async (asked, { client }) =>
      detailed(
        await client.change(pathOf(foundationInterface.model, asked.names[0]), { pxe: pxeIn(asked) || null }),
        foundationInterface.get,
      ),
  }),
  'foundation bootto': known(foundation.model, {
    usage: `${foundation.id} [--name PXE]`,
    does: 'choose what a foundation boots from its provisioning interface',
    ...ofOne(foundation),
    options: PXE,
    run: async (asked, { client }) => {
      const [locator = ''] = asked.names;
      const query = { filter: 'foundation', foundation: locator };
      const interfaces = await client.list(foundationInterface.model, query);
      const provisioning = interfaces.find((one) => one['is_provisioning'] === true);
      if (!provisioning) throw new Error(`${locator} has no provisioning interface`);
      const path = pathOf(foundationInterface.model, provisioning['id']);
      return detailed(await client.change(path, { pxe: pxeIn(asked) || null }), foundationInterface.get);
    },
  }),
  ...ownedBy(byStructure, structureInterface),
  ...ownedBy(byStructure, aggregatedInterface),
  ...ownedBy({ ...byStructure, field: 'networked' }, structureAddress, 'add'),
  'structure address next': known(structureAddress.model, {
    usage: `${structure.id} ${usageOfOptions('create', NEXT)}`,
    does: 'give a structure the lowest free address of a block',
    ...ofOne(structure),
    options: declared(NEXT),
    run: async (asked, tools) => {
      const { address_block: block, ...wanted } = await fieldValues('create', asked, NEXT, lookupsOf(tools));
      const networked = Number(await structureId(tools.client, asked.names[0] ?? ''));
      const id = await tools.client.call(pathOf('Utilities/AddressBlock', block, 'nextAddress'), {
        networked,
        ...wanted,
      });
      return detailed(await tools.client.get(pathOf(structureAddress.model, id)), structureAddress.get);
    },
  }),
};
