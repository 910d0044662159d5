import { readFile } from 'node:fs/promises';
import type { Asked, Command, CommandOption, Tools } from '../command.ts';
import { Misuse } from '../command.ts';
import type { Values } from '../rest-client.ts';
import type { JsonTree } from './json-tree.ts';
import { holdsMap, patchOf, treeOfJson } from './json-tree.ts';
import { known } from './known-models.ts';
import { jsonIn } from './noun-option.ts';
import type { Noun } from './noun.ts';
import { idIn, ofOne, pathOf, untilUnchanged } from './noun.ts';
import { keyValues } from './render.ts';
import { tomlMembers } from './toml-members.ts';

const READS: Readonly<Record<string, CommandOption>> = {
  full: { type: 'boolean', short: 'f', does: 'with all that is handed down to it, as it is used' },
};

const WRITES: Readonly<Record<string, CommandOption>> = {
  'set-name': { type: 'string', short: 'n', value: 'KEY', does: 'set this value' },
  'set-value': { type: 'string', short: 'v', value: 'TEXT', does: 'to this text; "-": read it from standard input' },
  'set-json': { type: 'string', value: 'JSON', does: 'to this: a number, true, false, a list, a map' },
  delete: { type: 'string', short: 'd', value: 'KEY', multiple: true, does: 'take away this value' },
  file: { type: 'string', short: 'i', value: 'FILE', does: 'set the values of a TOML file; "-": standard input' },
};

type ConfigNoun = Pick<Noun, 'words' | 'model' | 'called' | 'id' | 'needs' | 'idOf'>;

/** The command about the configuration values of an object: those it is given itself, and all that reach it. */
export const configCommand = (noun: ConfigNoun): Readonly<Record<string, Command>> => ({
  [`${noun.words} config`]: known(noun.model, {
    usage: `${noun.id} [--full] [-n KEY (-v TEXT | --set-json JSON)] [-i FILE] [-d KEY]…`,
    does: `show the configuration values of ${noun.called[0]}, or set some; those that are not named stay`,
    ...ofOne(noun),
    options: { ...READS, ...WRITES },
    run: async (asked, tools) => {
      const id = await idIn(noun, asked, tools.client);
      const path = pathOf(noun.model, id);
      const changes = await changesIn(asked, tools);
      const object = await (changes.size === 0 ? tools.client.get(path) : changed(path, changes, tools));
      if (asked.options['full'] !== true) return keyValues((object['config_values'] ?? {}) as Values);
      return keyValues((await tools.client.call(pathOf(noun.model, id, 'getConfig'))) as Values);
    },
  }),
});

/** The command about the configuration that reaches an object which is given none itself. */
export const renderedConfigCommand = (noun: ConfigNoun): Readonly<Record<string, Command>> => ({
  [`${noun.words} config`]: known(noun.model, {
    usage: noun.id,
    does: `show the configuration that reaches ${noun.called[0]}`,
    ...ofOne(noun),
    options: READS,
    run: async (asked, { client }) => {
      const id = await idIn(noun, asked, client);
      return keyValues((await client.call(pathOf(noun.model, id, 'getConfig'))) as Values);
    },
  }),
});

/** Sets configuration values, each as a whole, and leaves the others, also those that others set meanwhile. */
function changed(path: string, changes: ReadonlyMap<string, JsonTree>, { client }: Tools): Promise<Values> {
  const bodyOf = (before: Values) => `{"config_values":${patchOf(changes, before)}}`;
  if (!holdsMap(changes)) return client.merge(path, bodyOf({}));
  return untilUnchanged(async () => {
    const { body, etag } = await client.tagged(path);
    return client.merge(path, bodyOf(body['config_values'] as Values), etag);
  });
}

/** What a command line sets, by key; the text `null` takes away. @throws Misuse */
async function changesIn({ options }: Asked, tools: Tools): Promise<ReadonlyMap<string, JsonTree>> {
  const members = new Map<string, JsonTree>();
  if (typeof options['file'] === 'string') {
    for (const [key, value] of await membersOf(options['file'], tools)) members.set(key, value);
  }
  const { 'set-name': name, 'set-value': text, 'set-json': json } = options;
  if (typeof name === 'string') members.set(name, await valueOf(name, text, json, tools));
  else if (text !== undefined || json !== undefined) throw new Misuse('say which value is set: --set-name KEY');
  for (const key of [options['delete'] ?? []].flat()) members.set(String(key), 'null');
  return members;
}

type Given = Asked['options'][string];

async function valueOf(name: string, text: Given, json: Given, { asker }: Tools): Promise<JsonTree> {
  if (typeof json === 'string') {
    if (text !== undefined) throw new Misuse('either --set-value or --set-json');
    const value = jsonIn('--set-json', json);
    if (value === null) throw new Misuse(`--set-json: a value is not null; --delete ${name}`);
    return treeOfJson(json, value);
  }
  return JSON.stringify(text === '-' ? await asker.ask(`Value of ${name}`) : (text ?? ''));
}

async function membersOf(file: string, { asker }: Tools): Promise<readonly (readonly [string, JsonTree])[]> {
  const text = file === '-' ? await asker.rest() : await readFile(file, 'utf8');
  return tomlMembers(file, text);
}
