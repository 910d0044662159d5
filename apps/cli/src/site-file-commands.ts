import { writeFile } from 'node:fs/promises';
import type { Asked, Command, Tools } from './command.ts';
import { listOf, Misuse, told } from './command.ts';
import type { Loaded } from './resource-commands.ts';
import { shownLoad, textsOf } from './resource-commands.ts';

const MODEL = 'Site/SiteFile';

const FILES = {
  file: { type: 'string', short: 'f', multiple: true, does: 'a file of sites (TOML)' },
  prune: { type: 'boolean', does: 'also delete what the files leave out' },
} as const;

async function applied(asked: Asked, { client }: Tools, dryRun: boolean) {
  const names = [...listOf(asked, 'file'), ...asked.names];
  if (names.length === 0) throw new Misuse('say which files: -f FILE');
  const files = await textsOf(names);
  const prune = asked.options['prune'] === true;
  return shownLoad((await client.call(`${MODEL}/apply`, { files, prune, dry_run: dryRun })) as Loaded);
}

/** Commands about whole sites as files. */
export const siteFiles: Readonly<Record<string, Command>> = {
  apply: {
    usage: '-f FILE… [--prune] [--dry-run]',
    does: 'make the server what files of sites say, all or nothing; --prune deletes what they leave out',
    names: [0, Number.POSITIVE_INFINITY],
    options: { ...FILES, 'dry-run': { type: 'boolean', does: 'only tell what would come of it' } },
    run: (asked, tools) => applied(asked, tools, asked.options['dry-run'] === true),
  },
  diff: {
    usage: '-f FILE… [--prune]',
    does: 'show what apply would do',
    names: [0, Number.POSITIVE_INFINITY],
    options: FILES,
    run: (asked, tools) => applied(asked, tools, true),
  },
  export: {
    usage: 'SITE… [--output FILE]',
    does: 'write a file of sites and all they need; secrets are masked in it',
    names: [1, Number.POSITIVE_INFINITY],
    options: {
      output: { type: 'string', short: 'o', value: 'FILE', does: 'where to; standard output unless given' },
    },
    run: async ({ names, options }, { client }) => {
      const text = String(await client.call(`${MODEL}/export`, { sites: names }));
      const file = options['output'];
      if (typeof file !== 'string') return told(text.trimEnd(), text);
      await writeFile(file, text);
      return told(`wrote ${file}`, { file });
    },
  },
};
