import type { Command } from './command.ts';
import { Misuse, table, told } from './command.ts';
import type { RestClient, Values } from './rest-client.ts';
import { Refused } from './rest-client.ts';
import { shownLoad } from './resource-commands.ts';

const MODEL = 'Setup/Platform';

/** A platform, as the server tells it. */
interface Platform extends Values {
  readonly name: string;
  readonly enabled: boolean;
  readonly foundation_types: readonly string[];
  readonly complex_types: readonly string[];
  readonly resources: readonly { readonly kind: string; readonly name: string; readonly loaded: boolean }[];
  readonly foundations: number;
  readonly complexes: number;
}

/** What enabling one came to, as the server tells it. */
interface Enabled {
  readonly granted: Readonly<Record<string, readonly string[]>>;
}

const platforms = async (client: RestClient): Promise<readonly Platform[]> =>
  (await client.ask(`${MODEL}/list`)) as Platform[];

/** What of a platform is deleted, in this order: nothing that is deleted later uses what was deleted before. */
const MODELS: readonly (readonly [kind: string, model: string])[] = [
  ['structure', 'BluePrint/StructureBluePrint'],
  ['foundation', 'BluePrint/FoundationBluePrint'],
  ['script', 'BluePrint/Script'],
  ['pxe', 'BluePrint/PXE'],
];

/** Commands about the kinds of foundations and complexes a server builds on. */
export const platformCommands: Readonly<Record<string, Command>> = {
  'platform list': {
    usage: '',
    does: 'list the platforms there are, and whether what each needs is loaded',
    names: [0, 0],
    run: async (_, { client }) =>
      table(await platforms(client), {
        NAME: ({ name }) => name,
        ENABLED: ({ enabled, resources }) => ((resources as unknown[]).length === 0 ? '-' : enabled ? 'yes' : 'no'),
        FOUNDATIONS: ({ foundation_types: types, foundations }) =>
          `${(types as string[]).join(' ')} (${Number(foundations)})`,
        COMPLEXES: ({ complex_types: types, complexes }) => `${(types as string[]).join(' ')} (${Number(complexes)})`,
      }),
  },
  'platform enable': {
    usage: 'NAME… [--dry-run]',
    does:
      'load the blueprints and scripts of platforms, and grant the groups "builder" and "infrastructure" what working with ' +
      'their foundations and complexes takes',
    names: [1, Number.POSITIVE_INFINITY],
    options: { 'dry-run': { type: 'boolean', does: 'only tell what would come of it' } },
    run: async ({ names, options }, { client }) => {
      const texts: string[] = [];
      const json: unknown[] = [];
      for (const name of names) {
        const came = (await client.call(`${MODEL}/enable`, { name, dry_run: options['dry-run'] === true })) as never;
        const grants = Object.entries((came as Enabled).granted).map(
          ([group, all]) => `granted ${group}: ${all.join(' ')}`,
        );
        texts.push([`${name}:`, shownLoad(came).text, ...grants].join('\n'));
        json.push(came);
      }
      return told(texts.join('\n'), json);
    },
  },
  'platform disable': {
    usage: 'NAME…',
    does: 'delete the blueprints and scripts of platforms, where nothing is built on them; what others use stays',
    names: [1, Number.POSITIVE_INFINITY],
    run: async ({ names }, { client }) => {
      const all = await platforms(client);
      const texts: string[] = [];
      for (const name of names) texts.push(...(await disable(client, name, all)));
      return told(texts.join('\n'), texts);
    },
  },
};

/** @returns what was done, in words @throws Error where something is built on it */
async function disable(client: RestClient, name: string, all: readonly Platform[]): Promise<readonly string[]> {
  const found = all.find((one) => one.name === name);
  if (!found) throw new Misuse(`there is no platform "${name}"; there are ${all.map((one) => one.name).join(', ')}`);
  const { foundations, complexes, resources } = found;
  if (foundations + complexes > 0) {
    throw new Error(`${name} is in use: ${foundations} foundations and ${complexes} complexes are of its types`);
  }
  const done: string[] = [];
  for (const [kind, model] of MODELS) {
    for (const one of resources.filter((its) => its.kind === kind && its.loaded)) {
      try {
        await client.delete(`${model}/${encodeURIComponent(one.name)}`);
        done.push(`deleted ${kind} ${one.name}`);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        done.push(`${kind} ${one.name} stays: ${error.message}`);
      }
    }
  }
  return done.length > 0 ? done : [`${name} is disabled already`];
}
