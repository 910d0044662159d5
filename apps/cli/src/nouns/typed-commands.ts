import type { Command } from '../command.ts';
import { Misuse } from '../command.ts';
import type { RestClient } from '../rest-client.ts';
import { complex, foundation } from './buildings.ts';
import type { Noun } from './noun.ts';
import { commandsOf } from './noun.ts';
import type { NounOption, NounOptions, OptionKind } from './noun-option.ts';
import type { DescribedField, DescribedType, Typed } from './platform-types.ts';
import { typesOf } from './platform-types.ts';
import type { Cells } from './render.ts';
import { keyValues } from './render.ts';

/** What commands know of fields that contractorcli had options for: other names, letters, words. */
type Known = Readonly<Record<string, { readonly name?: string; readonly short?: string; readonly does?: string }>>;

/** By the name of a field; those of a platform without its name before them: `ip_address` of `ipmi_ip_address`. */
const KNOWN: Readonly<Record<Typed, Known>> = {
  foundation: {
    locator: { short: 'l', does: 'its name' },
    site: { short: 's', does: 'the site it is at' },
    blueprint: { short: 'b', does: 'what it is made from' },
    plot: { short: 'p', does: 'the plot it stands on' },
    username: { short: 'u', does: 'the user name of its controller' },
    password: { short: 'a', does: 'the password of its controller; "-": it is asked for' },
    ip_address: { name: 'ip', short: 'i', does: 'the address of its controller' },
    bmc_block: {
      does: 'the block its controller has an address of, the next free one unless --ip says: a number, or SITE/NAME',
    },
    sol_port: { name: 'sol', short: 'o', does: 'the port of its console' },
    delay_variance: { name: 'delay', short: 'd', does: 'seconds that operations take longer, at most' },
    fail_likelihood: { name: 'fail', short: 'f', does: 'how likely operations fail, of 1000' },
  },
  complex: {
    name: { short: 'l', does: 'its name' },
    site: { short: 's', does: 'the site it is at' },
    description: { short: 'd', does: 'what it is' },
    built_percentage: { name: 'builtperc', short: 'b', does: 'how many percent of its members are to be built' },
    members: { short: 'm', does: 'the structures it is made of: numbers, or SITE/HOST' },
    username: { short: 'u', does: 'the user name it is controlled with' },
    password: { short: 'p', does: 'the password for that; "-": it is asked for' },
    datacenter: { short: 'a', does: 'the data center' },
    cluster: { short: 'c', does: 'the cluster' },
    host: { short: 'o', does: 'the structure through which it is controlled' },
  },
};

/** How much of a complex is to be built, unless said otherwise, in percent. */
const BUILT_PERCENTAGE = 80;

const SECRET = /(?:^|_)(?:password|token|secret)$/;
const BLOCK = 'Utilities/AddressBlock';
const IS_MEMBER: Readonly<Record<string, string>> = { 'Building/Structure': 'structure' };
const KINDS: Readonly<Record<DescribedField['type'], OptionKind>> = {
  string: 'text',
  integer: 'integer',
  number: 'json',
  boolean: 'yes-no',
  array: 'texts',
  object: 'json',
};

function kindOf({ name, type, of }: DescribedField): OptionKind {
  if (of === BLOCK) return 'block';
  if (of !== undefined && IS_MEMBER[of]) return type === 'array' ? 'structures' : 'structure';
  return SECRET.test(name) ? 'secret' : KINDS[type];
}

/** The field without the name of its platform before it. */
const bare = (field: string, type: string): string =>
  field.startsWith(`${type}_`) ? field.slice(type.length + 1) : field;

/** The options of a type, by what is described of its fields; those of a platform go by two names. */
export function optionsOf({ name: type, fields }: DescribedType, typed: Typed): NounOptions {
  const options: Record<string, NounOption> = {};
  for (const field of fields) {
    const its = bare(field.name, type);
    const carrier = field.of?.endsWith('Complex') === true && field.type !== 'array';
    const {
      name = its,
      short,
      does,
    } = carrier ? { name: 'complex', short: 'x', does: 'the complex that carries it' } : (KNOWN[typed][its] ?? {});
    const option: NounOption = {
      field: field.name,
      kind: kindOf(field),
      does: field.does ?? does ?? `its ${its.replaceAll('_', ' ')}`,
      ...(field.of === undefined ? {} : { of: field.of, value: (field.of.split('/')[1] ?? '').toUpperCase() }),
      ...(field.choices ? { choices: field.choices } : {}),
      ...(field.required ? { required: true as const } : {}),
      ...(field.createOnly ? { only: 'create' as const } : {}),
      ...(field.name === 'built_percentage' ? { initial: BUILT_PERCENTAGE } : {}),
    };
    const long = name.replaceAll('_', '-');
    options[long] = { ...option, ...(short === undefined || isTaken(options, short) ? {} : { short }) };
    const prefixed = its !== field.name && typed === 'foundation' ? `${type}-${long}` : field.name.replaceAll('_', '-');
    for (const other of new Set([prefixed, field.name.replaceAll('_', '-')])) options[other] ??= option;
    if (field.name === 'members') Object.assign(options, memberOptions(option));
  }
  return options;
}

const isTaken = (options: NounOptions, short: string): boolean =>
  Object.values(options).some((option) => option.short === short);

/** One member, and changes to the list of them. */
const memberOptions = (members: NounOption): NounOptions => ({
  member: { ...members, does: 'the structure it is made of' },
  'add-member': { ...members, does: 'one more structure it is made of', edits: 'add', only: 'update' },
  'delete-member': { ...members, does: 'a structure it is made of no more', edits: 'remove', only: 'update' },
});

const label = (field: string): string =>
  field
    .split('_')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join(' ');

const NOUNS = { foundation, complex } as const;

/** The noun of one type: with the fields that the server describes. */
export function nounOfType(type: DescribedType, typed: Typed): Noun {
  const base = NOUNS[typed];
  const common = new Set(Object.values(base.get));
  const own = type.shown.filter((field) => !common.has(field));
  const at = Object.entries(base.get);
  const get: Cells = Object.fromEntries([
    ...at.filter(([, field]) => !DATES.includes(field) && (typed === 'complex' || field !== 'structure')),
    ...own.map((field) => [label(field), field] as const),
    ...at.filter(([, field]) => DATES.includes(field)),
  ]);
  return {
    ...base,
    words: `${typed} ${type.name}`,
    model: type.model,
    called: [`a ${typed} of the type ${type.name}`, `${base.called[1]} of the type ${type.name}`],
    get,
    options: optionsOf(type, typed),
    verbs: ['list', 'get', 'create', 'update', 'delete'],
    list: Object.fromEntries(Object.entries(base.list).filter(([, field]) => field !== 'structure')),
    filters: typed === 'complex' ? {} : (base.filters ?? {}),
  };
}

const DATES: readonly unknown[] = ['state', 'located_at', 'built_at', 'created', 'updated'];

/**
 * The commands about one type of foundations or complexes, as the server describes it.
 * @throws Misuse where the server has no such type
 */
export async function typedCommands(
  client: RestClient,
  typed: Typed,
  name: string,
): Promise<Readonly<Record<string, Command>>> {
  const types = await typesOf(client, typed);
  const type = types.find((one) => one.name === name);
  if (!type) {
    const there = types.map((one) => one.name).join(', ');
    throw new Misuse(`this server has no ${NOUNS[typed].called[1]} of the type "${name}"; it has ${there}`);
  }
  return commandsOf(nounOfType(type, typed));
}

const listing = (typed: Typed): Command => ({
  usage: '',
  does: `list the types of ${NOUNS[typed].called[1]} there are`,
  names: [0, 0],
  run: async (_, { client }) => {
    const types = await typesOf(client, typed);
    const { text } = keyValues(Object.fromEntries(types.map(({ name, does }) => [name, does])));
    return { json: { type: types.map(({ name }) => name) }, text };
  },
});

/** Commands about types. */
export const typeCommands: Readonly<Record<string, Command>> = {
  'foundation types': listing('foundation'),
  'complex types': listing('complex'),
};
