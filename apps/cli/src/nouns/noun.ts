import type { Asked, Command, CommandOption, Completion, Result, Tools } from '../command.ts';
import { listOf, Misuse, told } from '../command.ts';
import type { Query, RestClient, Values } from '../rest-client.ts';
import { Refused } from '../rest-client.ts';
import { known } from './known-models.ts';
import type { NounOptions } from './noun-option.ts';
import { declared, fieldValues, integerIn, listEdits, optionsFor, usageOfOptions } from './noun-option.ts';
import { lookupsOf } from './lookups.ts';
import type { Cells } from './render.ts';
import { detailed, listed } from './render.ts';

export type Verb = 'list' | 'get' | 'create' | 'update' | 'delete';

/** An option of `list`: which filter of the model it uses, and what of it. */
export interface ListFilter extends CommandOption {
  readonly filter: string;
  readonly parameter: string;
}

/** What can be named in commands: the objects of a model, and how they are shown and changed. */
export interface Noun {
  /** The words before the verb: `blueprint script`. */
  readonly words: string;
  /** `Site/Site` */
  readonly model: string;
  /** Of one and of several, with its article: `a site`, `sites`. */
  readonly called: readonly [one: string, several: string];
  /** What usage calls the id. */
  readonly id: string;
  /** What is said where the id is missing. */
  readonly needs: string;
  readonly list: Cells;
  readonly get: Cells;
  readonly options?: NounOptions;
  readonly filters?: Readonly<Record<string, ListFilter>>;
  readonly verbs?: readonly Verb[];
  /** The id of what is called like this; the same text where nothing is said. */
  readonly idOf?: (client: RestClient, text: string) => Promise<string>;
}

const VERBS: readonly Verb[] = ['list', 'get', 'create', 'update', 'delete'];

/** The path of an object, or of an action of it. */
export const pathOf = (model: string, id: unknown, action?: string): string =>
  `${model}/${encodeURIComponent(String(id))}${action === undefined ? '' : `/${action}`}`;

/** The commands about a noun: those of its verbs. */
export function commandsOf(noun: Noun): Readonly<Record<string, Command>> {
  return Object.fromEntries(
    (noun.verbs ?? VERBS).map((verb) => [`${noun.words} ${verb}`, known(noun.model, COMMANDS[verb](noun))]),
  );
}

const COMMANDS: { readonly [V in Verb]: (noun: Noun) => Command } = {
  list: listCommand,
  get: (noun) => ({
    usage: noun.id,
    does: `show ${noun.called[0]}`,
    ...ofOne(noun),
    run: async (asked, { client }) => {
      const id = await idIn(noun, asked, client);
      return detailed(await client.get(pathOf(noun.model, id)), noun.get);
    },
  }),
  create: (noun) => {
    const options = optionsFor('create', noun.options ?? {});
    return {
      usage: usageOfOptions('create', options),
      does: `define ${noun.called[0]}`,
      names: [0, 0],
      options: declared(options),
      run: async (asked, tools) => {
        const values = await fieldValues('create', asked, options, lookupsOf(tools));
        return detailed(await tools.client.create(noun.model, values), noun.get);
      },
    };
  },
  update: (noun) => {
    const options = optionsFor('update', noun.options ?? {});
    return {
      usage: `${noun.id} ${usageOfOptions('update', options)}`,
      does: `change ${noun.called[0]}; what is not named stays as it is, and an empty value takes away`,
      ...ofOne(noun),
      options: declared(options),
      run: async (asked, tools) => detailed(await updated(noun, options, asked, tools), noun.get),
    };
  },
  delete: (noun) => ({
    usage: `${noun.id}…`,
    does: `delete ${noun.called[1]}; refused while something uses them`,
    ...ofOne(noun),
    names: [1, Number.POSITIVE_INFINITY],
    run: async ({ names }, { client }) => {
      for (const name of names) await client.delete(pathOf(noun.model, await idOf(noun, client, name)));
      return told(`deleted ${names.join(', ')}`, names);
    },
  }),
};

/** What commands on one object have in common. */
export const ofOne = ({ needs, model }: Pick<Noun, 'needs' | 'model'>) =>
  ({ names: [1, 1], needs, completes: [{ model }] as readonly Completion[] }) satisfies Partial<Command>;

const idOf = (noun: Pick<Noun, 'idOf'>, client: RestClient, text: string): Promise<string> | string =>
  noun.idOf ? noun.idOf(client, text) : text;

/** The id of the object that the first name calls. */
export const idIn = async (noun: Pick<Noun, 'idOf'>, { names }: Asked, client: RestClient): Promise<string> =>
  idOf(noun, client, names[0] ?? '');

/** How often a change to a list is tried anew that others were faster with. */
const MAX_TRIES = 20;

async function updated(noun: Noun, options: NounOptions, asked: Asked, tools: Tools): Promise<Values> {
  const { client } = tools;
  const lookups = lookupsOf(tools);
  const values = await fieldValues('update', asked, options, lookups);
  const edits = await listEdits(asked, options, lookups);
  if (Object.keys(values).length === 0 && edits.size === 0) {
    const names = Object.keys(options).map((name) => `--${name}`);
    throw new Misuse(`say what to change: ${names.join(', ')}`);
  }
  const path = pathOf(noun.model, await idIn(noun, asked, client));
  if (edits.size === 0) return client.change(path, values);
  return untilUnchanged(() =>
    client.change(path, (object) => ({
      ...values,
      ...Object.fromEntries([...edits].map(([field, edit]) => [field, edit((object[field] ?? []) as unknown[])])),
    })),
  );
}

/** Does it again where others have changed the object meanwhile. */
export async function untilUnchanged<T>(change: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 412 || tries >= MAX_TRIES) throw error;
    }
  }
}

/** The options that all lists take. */
export const PAGING: Readonly<Record<string, CommandOption>> = {
  limit: { type: 'string', value: 'N', does: 'show at most so many' },
  offset: { type: 'string', value: 'N', does: 'leave out so many before' },
};

/** Which part of a list is asked for. */
export function pageOf({ options }: Asked): { readonly from: number; readonly most?: number } {
  const number = (name: string): number | undefined =>
    typeof options[name] === 'string' ? wholeIn(`--${name}`, options[name]) : undefined;
  const most = number('limit');
  return { from: number('offset') ?? 0, ...(most === undefined ? {} : { most }) };
}

function wholeIn(name: string, text: string): number {
  const number = Number(integerIn(name, text));
  if (number < 0) throw new Misuse(`${name}: "${text}" is less than 0`);
  return number;
}

type Filters = NonNullable<Noun['filters']>;

/** What a list asks the server for. @throws Misuse where the options belong to different filters */
export function queryOf(asked: Asked, filters: Filters): Query {
  const used = Object.entries(filters).filter(([name]) => asked.options[name] !== undefined);
  const [first] = new Set(used.map(([, { filter }]) => filter));
  const other = used.find(([, { filter }]) => filter !== first);
  if (other) throw new Misuse(`--${used[0]?.[0]} and --${other[0]} cannot be combined`);
  return {
    ...(first === undefined ? {} : { filter: first }),
    ...Object.fromEntries(used.map(([name, { parameter }]) => [parameter, listOf(asked, name)])),
  };
}

function listCommand({ model, called, list, filters = {} }: Noun): Command {
  const names = Object.entries(filters).map(([name, { type, value = name.toUpperCase(), multiple }]) =>
    type === 'boolean' ? `[--${name}]` : `[--${name} ${value}]${multiple ? '…' : ''}`,
  );
  return {
    usage: [...names, '[--limit N] [--offset N]'].join(' '),
    does: `list ${called[1]}`,
    names: [0, 0],
    options: {
      ...Object.fromEntries(Object.entries(filters).map(([name, option]) => [name, plain(option)])),
      ...PAGING,
    },
    run: async (asked, { client }): Promise<Result> =>
      listed(await client.list(model, queryOf(asked, filters), pageOf(asked)), list),
  };
}

/** An option as commands declare it. */
export const plain = ({ filter: _, parameter: __, ...option }: ListFilter): CommandOption => option;
