import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Block } from './page-blocks.ts';

/** What the shell of a reader has, and what a test needs: requests that are refused fail, and questions are answered. */
const PRELUDE = `
exec 2>&1
set -eEu -o pipefail
TOKEN=
curl() { command curl --fail-with-body "$@"; }
answered() {
  eval "contractor_of_page() $(declare -f contractor | tail -n +2)"
  contractor() { contractor_of_page "$@" <<< "$PASSWORD"; }
}
`;

/** Where and with what blocks are run. */
export interface Surroundings {
  /** A directory for what is written there. */
  readonly directory: string;
  /** In which the commands are given; the repository unless said otherwise. */
  readonly cwd?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What is typed in besides. */
  readonly input?: string;
  /** Shell text before the first block. */
  readonly prelude?: string;
  /** What is put in the place of what a page says. */
  readonly replaced?: readonly (readonly [what: string, by: string])[];
  /** How long all of it may take, in milliseconds, on a machine that is busy, too; then what runs is ended. */
  readonly limitMs: number;
}

/** What became of blocks that were run one after the other. */
export interface BlocksRun {
  /** Whether a block came to its end, as its page says. */
  isDone(block: Block): boolean;
  /** What a block printed. */
  printed(block: Block): string;
  /** What all of them printed. */
  readonly output: string;
}

const indented = (text: string): string => text.replaceAll(/^/gm, '  ');

/** Runs blocks in one shell, as a reader types them, until one of them fails. */
export async function runBlocks(blocks: readonly Block[], surroundings: Surroundings): Promise<BlocksRun> {
  const { directory, cwd, environment, input = '', prelude = '', replaced = [], limitMs } = surroundings;
  const script = [
    PRELUDE,
    prelude,
    ...blocks.map(({ place, text, refused }) => {
      const here = replaced
        .reduce((block, [what, by]) => block.replaceAll(what, by), text)
        .replace(/^contractor\(\) .*$/m, '$&\nanswered');
      const commands = refused ? `if (\n${indented(here)}\n); then echo 'it was not refused'; exit 1; fi` : here;
      return `echo '# ${place}'\n${commands}\nprintf '\\n# done %s\\n' '${place}'\n`;
    }),
  ].join('\n');
  const file = path.join(directory, 'pages.sh');
  await writeFile(file, script);
  const shell = spawn('bash', [file], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { PATH: process.env['PATH'] ?? '', HOME: directory, XDG_CONFIG_HOME: directory, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    // What it starts ends with it.
    detached: true,
  });
  const timer = setTimeout(() => process.kill(-(shell.pid ?? 0), 'SIGKILL'), limitMs);
  let output = '';
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  shell.stdin.end(input);
  await once(shell, 'close');
  clearTimeout(timer);
  const done = new Set([...output.matchAll(/^# done (.+)$/gm)].map(([, place = '']) => place));
  return {
    output,
    isDone: ({ place }) => done.has(place),
    printed: ({ place }) => {
      const [, from = ''] = output.split(`# ${place}\n`, 2);
      return from.split(`# done ${place}\n`, 1)[0] ?? '';
    },
  };
}
