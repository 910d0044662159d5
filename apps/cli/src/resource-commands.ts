import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Asked, Command, Result } from './command.ts';
import { Misuse, table, told } from './command.ts';
import type { RestClient } from './rest-client.ts';

const MODEL = 'BluePrint/ResourceFile';

/** What loading or applying files came to, as the server tells it. */
export interface Loaded {
  readonly dry_run: boolean;
  readonly objects: readonly {
    readonly kind: string;
    readonly name: string;
    readonly outcome: string;
    readonly changes: Readonly<Record<string, { readonly before: unknown; readonly after: unknown }>>;
  }[];
  readonly warnings: readonly string[];
}

/** How long a value may be that is shown on the line of its change, in characters. */
const MAX_SHOWN = 60;

/** Commands about resource files. */
export const resources: Readonly<Record<string, Command>> = {
  'resources load': {
    usage: 'FILE… | --shipped [NAME…] [--dry-run] [-t TYPE] [-n NAME] [-a | -u]',
    aliases: ['load'],
    does: 'load files of scripts, blueprints and PXEs, all or nothing; --shipped: those that come with the server',
    names: [0, Number.POSITIVE_INFINITY],
    options: {
      shipped: {
        type: 'boolean',
        does: 'files that come with the server (contractor resources list), all or those named',
      },
      'dry-run': { type: 'boolean', does: 'only tell what would come of it' },
      type: {
        type: 'string',
        short: 't',
        does: 'only things of this type: script, foundation, structure, pxe or links',
      },
      name: { type: 'string', short: 'n', does: 'only what is called so, links aside' },
      add: { type: 'boolean', short: 'a', does: 'only add what is missing' },
      update: { type: 'boolean', short: 'u', does: 'only update what is there' },
    },
    run: async (asked, { client }) => {
      const { options } = asked;
      if (options['add'] === true && options['update'] === true) throw new Misuse('either --add or --update');
      const loaded = (await client.call(`${MODEL}/load`, {
        ...(await whatToLoad(asked, client)),
        dry_run: options['dry-run'] === true,
        ...(options['type'] === undefined ? {} : { type: options['type'] }),
        ...(options['name'] === undefined ? {} : { name: options['name'] }),
        mode: options['add'] === true ? 'add' : options['update'] === true ? 'update' : 'both',
      })) as Loaded;
      return shownLoad(loaded);
    },
  },
  'resources export': {
    usage: 'BLUEPRINT… [--output FILE]',
    does: 'write a file of blueprints and all they need; secrets are masked in it',
    names: [1, Number.POSITIVE_INFINITY],
    options: { output: { type: 'string', value: 'FILE', does: 'where to; standard output unless given' } },
    run: async ({ names, options }, { client }) => {
      const text = String(await client.call(`${MODEL}/export`, { names }));
      const file = options['output'];
      if (typeof file !== 'string') return told(text.trimEnd(), text);
      await writeFile(file, text);
      return told(`wrote ${file}`, { file });
    },
  },
  'resources list': {
    usage: '',
    does: 'list the files that come with the server',
    names: [0, 0],
    run: async (_, { client }) =>
      table(
        (await shippedFiles(client)).map(([name, { description }]) => ({ name, description })),
        { NAME: ({ name }) => name, DESCRIPTION: ({ description }) => description },
      ),
  },
};

type Shipped = readonly (readonly [name: string, { readonly description: string }])[];

const shippedFiles = async (client: RestClient): Promise<Shipped> =>
  Object.entries((await client.ask(`${MODEL}/shipped`)) as Record<string, { readonly description: string }>);

async function whatToLoad({ names, options }: Asked, client: RestClient): Promise<Readonly<Record<string, unknown>>> {
  if (options['shipped'] === true) {
    return { shipped: names.length > 0 ? names : (await shippedFiles(client)).map(([name]) => name) };
  }
  if (names.length === 0) throw new Misuse('say which files, or --shipped');
  return { files: await textsOf(names) };
}

/** The texts of files by their names without folders. */
export async function textsOf(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const files = new Map<string, string>();
  for (const name of names) {
    const file = path.basename(name);
    if (files.has(file)) throw new Misuse(`two files are called ${file}`);
    files.set(file, await readFile(name, 'utf8'));
  }
  return Object.fromEntries(files);
}

/** What loading or applying files came to, in words. */
export function shownLoad(loaded: Loaded): Result {
  const { objects, warnings, dry_run: dryRun } = loaded;
  const lines = objects
    .filter(({ outcome }) => outcome !== 'unchanged')
    .flatMap(({ kind, name, outcome, changes }) => [
      `${outcome} ${kind} ${name}`,
      ...(outcome === 'changed' ? Object.entries(changes).flatMap(([key, change]) => changeLines(key, change)) : []),
    ]);
  const counts = ['created', 'changed', 'removed', 'kept', 'unchanged', 'skipped'].flatMap((outcome) => {
    const count = objects.filter((one) => one.outcome === outcome).length;
    return count === 0 ? [] : [`${count} ${outcome}`];
  });
  const end = `${dryRun ? 'would be: ' : ''}${counts.length === 0 ? 'nothing to load' : counts.join(', ')}`;
  return { json: loaded, text: [...warnings.map((warning) => `warning: ${warning}`), ...lines, end].join('\n') };
}

/** A value before and after; of maps only what is another than before. */
function changeLines(key: string, { before, after }: { readonly before: unknown; readonly after: unknown }): string[] {
  if (isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    const lines = keys
      .filter((one) => JSON.stringify(before[one]) !== JSON.stringify(after[one]))
      .map((one) => `    ${key}.${one}: ${shortText(before[one])} -> ${shortText(after[one])}`);
    return lines.length > 0 ? lines : [`    ${key}: a secret, or the order of its keys`];
  }
  return [`    ${key}: ${shortText(before)} -> ${shortText(after)}`];
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function shortText(value: unknown): string {
  if (value === undefined) return '(none)';
  const lines = typeof value === 'string' ? value.trimEnd().split('\n').length : 1;
  if (lines > 1) return `(${lines} lines)`;
  const text = JSON.stringify(value);
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}
