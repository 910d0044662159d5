import { readFile, writeFile } from 'node:fs/promises';
import type { CinpExport } from './cinp-export.ts';
import { cinpExport, CinpRefused } from './cinp-export.ts';
import type { Asked, Command, Result, Tools } from './command.ts';
import { Misuse, nameOf, told } from './command.ts';
import type { Loaded } from './resource-commands.ts';
import { shownLoad, textsOf } from './resource-commands.ts';
import { Unreachable } from './rest-client.ts';

const MODEL = 'Site/SiteFile';

/** Namespaces that hold nothing which is imported. */
const NOT_IMPORTED = ['Auth', 'Foreman', 'SubContractor', 'PostOffice', 'Records'];

const COMMON = {
  'dry-run': { type: 'boolean', does: 'only say what would come of it' },
  output: { type: 'string', short: 'o', value: 'FILE', does: 'write the site file, and apply nothing' },
} as const;

const HOSTS = {
  ...COMMON,
  site: {
    type: 'string',
    short: 's',
    value: 'SITE',
    does: 'the site of what names none',
    completes: { model: 'Site/Site' },
  },
  blueprint: { type: 'string', value: 'BLUEPRINT', does: 'the blueprint of structures that name none' },
  'foundation-blueprint': { type: 'string', value: 'BLUEPRINT', does: 'the blueprint of foundations that name none' },
  type: { type: 'string', value: 'TYPE', does: 'the type of foundations that name none' },
} as const;

/** Has files made a site file, and applies it or writes it. */
async function imported(
  format: string,
  files: Readonly<Record<string, string>>,
  { options }: Asked,
  { client }: Pick<Tools, 'client'>,
): Promise<Result> {
  const { text, warnings } = (await client.call(`${MODEL}/convert`, {
    format,
    files,
    site: options['site'] ?? '',
    blueprint: options['blueprint'] ?? '',
    foundation_blueprint: options['foundation-blueprint'] ?? '',
    foundation_type: options['type'] ?? '',
  })) as { readonly text: string; readonly warnings: readonly string[] };
  const notes = warnings.map((warning) => `warning: ${warning}`);
  const file = options['output'];
  if (typeof file === 'string') {
    await writeFile(file, text);
    return told([...notes, `wrote ${file}`].join('\n'), { file, warnings });
  }
  const applied = (await client.call(`${MODEL}/apply`, {
    files: { [`${format}.toml`]: text },
    dry_run: options['dry-run'] === true,
  })) as Loaded;
  return shownLoad({ ...applied, warnings: [...warnings, ...applied.warnings] });
}

/** Reads all that a server shows over CInP. */
async function exportOf(url: string, { options }: Asked, { asker, environment, progress }: Tools): Promise<CinpExport> {
  const user = typeof options['user'] === 'string' ? options['user'] : undefined;
  const password = environment['CONTRACTOR_CINP_PASSWORD'];
  const login =
    user === undefined ? undefined : { user, password: password ?? (await asker.ask(`Password of ${user}`)) };
  try {
    return await cinpExport(url, login, (model) => progress.show(`reading ${model}`));
  } catch (error) {
    if (error instanceof CinpRefused) throw new Unreachable(error.message);
    if (error instanceof TypeError) throw new Unreachable(`${url} cannot be reached`);
    throw error;
  } finally {
    progress.end();
  }
}

const isUrl = (name: string): boolean => /^https?:\/\//.test(name);

/** The entries of those models that can be imported, by their paths. */
const importable = <T>(byPath: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(byPath).filter(([path]) => !NOT_IMPORTED.includes(path.split('/')[3] ?? '')));

/** An export that lies in a file; those of older commands do not tell what was skipped. @throws Misuse where it is none */
async function readExport(file: string): Promise<CinpExport> {
  const { parseJson } = await import('#kernel');
  const {
    contractor = file,
    models,
    skipped = {},
  } = (parseJson(await readFile(file, 'utf8')) ?? {}) as Partial<CinpExport>;
  if (typeof models !== 'object' || models === null) throw new Misuse(`${file} is no file of export-cinp`);
  return { contractor, models, skipped };
}

/** An export as JSON text, its numbers and the order of its keys as the server wrote them. */
async function exportText(exported: CinpExport, space?: number): Promise<string> {
  const { inWrittenOrder, writeJson } = await import('#kernel');
  return writeJson(inWrittenOrder(exported), space);
}

/** Commands that bring in what other programs know. */
export const imports: Readonly<Record<string, Command>> = {
  'import csv': {
    usage: 'FILE [--site SITE] [--dry-run | --output FILE]',
    does: 'make hosts of a CSV file: one line for each interface',
    names: [1, 1],
    options: HOSTS,
    run: async (asked, tools) => imported('csv', await textsOf(asked.names), asked, tools),
  },
  'import netbox': {
    usage: 'FILE… [--dry-run | --output FILE]',
    does: 'make sites, address blocks and hosts of what the REST API of NetBox answers',
    names: [1, Number.POSITIVE_INFINITY],
    options: HOSTS,
    run: async (asked, tools) => imported('netbox', await textsOf(asked.names), asked, tools),
  },
  'import t3kton': {
    usage: 'URL|FILE [--user NAME] [--dry-run | --output FILE]',
    does: 'take over what a running Contractor shows over CInP, or the file that export-cinp wrote of it',
    names: [1, 1],
    options: { ...COMMON, user: { type: 'string', value: 'NAME', does: 'who logs in there; asks for the password' } },
    run: async (asked, tools) => {
      const source = nameOf(asked);
      const exported = await (isUrl(source) ? exportOf(source, asked, tools) : readExport(source));
      const { contractor, models, skipped } = exported;
      const text = await exportText({ contractor, models: importable(models), skipped: importable(skipped) });
      return imported('t3kton', { 'export.json': text }, asked, tools);
    },
  },
  'export-cinp': {
    usage: 'URL [--user NAME] [--output FILE]',
    does: 'write all that a Contractor shows over CInP into a JSON file',
    about: 'The password is asked for, or taken from CONTRACTOR_CINP_PASSWORD.',
    names: [1, 1],
    local: true,
    options: {
      user: { type: 'string', value: 'NAME', does: 'who logs in there; nobody unless given' },
      output: { type: 'string', short: 'o', value: 'FILE', does: 'where to; standard output unless given' },
    },
    run: async (asked, tools) => {
      const exported = await exportOf(nameOf(asked), asked, tools);
      const text = `${await exportText(exported, 1)}\n`;
      const file = asked.options['output'];
      if (typeof file !== 'string') {
        tools.terminal.result.write(text);
        return { json: null, text: '', silent: true };
      }
      await writeFile(file, text);
      const count = Object.values(exported.models).reduce((sum, objects) => sum + Object.keys(objects).length, 0);
      const skipped = Object.entries(exported.skipped).map(([model, why]) => `${model}: ${why}`);
      const notes = skipped.map((one) => `left out ${one}`);
      return told([...notes, `wrote ${count} objects to ${file}`].join('\n'), { file, count, skipped });
    },
  },
};
