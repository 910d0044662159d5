import type { Candidate } from './candidates.ts';
import { completionsOf } from './candidates.ts';
import type { Command, Tools } from './command.ts';
import { Misuse, told } from './command.ts';
import type { Commands } from './command-tree.ts';
import type { Shell } from './completion-scripts.ts';
import { candidateLine, COMPLETION_SCRIPTS, cutByBash, FILES, SHELLS } from './completion-scripts.ts';
import { openWords } from './split-line.ts';

/** How many objects are offered at most. */
export const MAX_OFFERED = 200;

const isShell = (name: string): name is Shell => (SHELLS as readonly string[]).includes(name);

/** What can follow a line; objects are asked of the server. @returns undefined where a file may be named */
export async function candidatesFor(
  commands: Commands,
  words: readonly string[],
  client: () => Tools['client'],
): Promise<readonly Candidate[] | undefined> {
  const found = completionsOf(commands, words);
  if (found.kind === 'files') return undefined;
  if (found.kind === 'texts') return found.candidates;
  const { items } = (await client().get(`${found.model}?count=${MAX_OFFERED}`)) as {
    readonly items: readonly { readonly _links: { readonly self: { readonly href: string } } }[];
  };
  const last = words.at(-1) ?? '';
  return items
    .map(({ _links: { self } }) => found.before + decodeURIComponent(self.href.slice(self.href.lastIndexOf('/') + 1)))
    .filter((text) => text.startsWith(last))
    .map((text) => ({ text, does: '' }));
}

/** Commands for shells. @param commands all of them */
export const completionCommands = (commands: () => Commands): Readonly<Record<string, Command>> => ({
  completion: {
    usage: 'bash | zsh | fish',
    does: 'write what a shell reads to complete this command, with the names of objects',
    about: 'For example: source <(contractor completion bash)',
    names: [1, 1],
    completes: [SHELLS],
    local: true,
    run: async ({ names: [shell = ''] }) => {
      if (!isShell(shell)) throw new Misuse(`"${shell}" is none of ${SHELLS.join(', ')}`);
      return told(COMPLETION_SCRIPTS[shell], { script: COMPLETION_SCRIPTS[shell] });
    },
  },
  bash_completion: {
    usage: '',
    does: 'the same as completion bash',
    hidden: true,
    names: [0, 0],
    local: true,
    run: async () => told(COMPLETION_SCRIPTS.bash, { script: COMPLETION_SCRIPTS.bash }),
  },
  complete: {
    usage: 'SHELL -- WORD…',
    does: 'tell a shell what can follow',
    names: [1, Number.POSITIVE_INFINITY],
    hidden: true,
    run: async ({ names: [shell = '', ...typed] }, { client }) => {
      if (!isShell(shell)) throw new Misuse(`"${shell}" is none of ${SHELLS.join(', ')}`);
      const words = shell === 'bash' ? openWords(typed[0] ?? '').slice(1) : typed;
      const found = await candidatesFor(commands(), words, () => client);
      if (!found) return told(FILES, null);
      const cut = shell === 'bash' ? cutByBash(words.at(-1) ?? '') : 0;
      return told(found.map((one) => candidateLine(shell, one, cut)).join('\n'), found);
    },
  },
});
